"""Give an installation its dancers: sessions, waiting and finished choreographies.

Run in the installation's own environment; writes one JSON object to the file it is given:
``{"song": id, "dancers": [{"token", "waiting": [task id], "task", "item"}]}``. Sessions are opened
as a log-in opens them, without the second of hashing each.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

RESULT = {"video_path": "choreographies/2026/11/none.mp4", "moves_count": 3}


def main(target: Path, *, n: int, waiting: int) -> None:
    """Make ``n`` dancers with so many waiting choreographies each, and one that is finished."""
    import django

    django.setup()
    from config.demo.setup import prepare

    prepared = prepare(song=None, moves=None, tell=lambda _: None)
    song = prepared.song.address
    dancers = [a_dancer(i, song=song, waiting=waiting) for i in range(n)]
    target.write_text(json.dumps({"song": song.removeprefix("song:"), "dancers": dancers}))


def a_dancer(number: int, *, song: str, waiting: int) -> dict[str, Any]:
    """Make one dancer."""
    from django.contrib.auth import get_user_model

    from config import wiring
    from modules.identity.sessions import open_session

    name = f"dancer{number}"
    user = wiring.identity().ensure_user(name, email=f"{name}@example.org", display_name=name)
    hashed = get_user_model().objects.get(pk=user.id).password
    session = open_session(user_id=user.id, password_hash=hashed, address="127.0.0.1")
    if session is None:
        raise SystemExit(f"no session for {name}")
    token = wiring.identity().tokens.make_access(
        user_id=user.id, session_id=session.session_id, now=session.rotated_at
    )
    tasks = [a_task(user.id, song) for _ in range(waiting + 1)]
    return {"token": token, "waiting": tasks[1:], "task": tasks[0], "item": finish(tasks[0])}


def a_task(user_id: int, song: str) -> str:
    """Request one choreography."""
    from config import wiring
    from modules.choreography.contract import GenerationParameters

    return str(
        wiring.choreography().tasks.request(
            request_id=uuid4(),
            user_id=user_id,
            parameters=GenerationParameters(audio_input=song, difficulty="beginner"),
            song={"title": "Demo", "artist": "Us"},
        )
    )


def finish(task_id: str) -> str:
    """Finish a choreography without a job; gives the saved one's id."""
    from uuid import UUID

    from config import wiring
    from modules.choreography.queries import get_task

    tasks, task = wiring.choreography().tasks, UUID(task_id)
    name = f"local/{task_id}-1"
    tasks.job_dispatched(task_id=task, attempt=1, execution_name=name)
    fence = tasks.claim(task_id=task, attempt=1, execution_name=name, execution_try=0)
    tasks.complete(task_id=task, attempt=1, fence=fence, result=RESULT)
    return str((get_task(task).result or {})["saved_choreography_id"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), n=int(sys.argv[2]), waiting=int(sys.argv[3]))
