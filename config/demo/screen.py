"""What the demo shows while it works, on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from types import TracebackType

    from modules.choreography.contract import TaskView


class Screen:
    """Lines and one live progress bar; plain lines where there is no terminal."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self._task = self._bar.add_task("Waiting", total=100, visible=False)
        self._last = ""

    def __enter__(self) -> Self:
        """Start drawing."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop drawing and leave the cursor where it belongs."""
        self._bar.stop()

    def tell(self, sentence: str) -> None:
        """Show a line."""
        self.console.print(sentence, markup=False)

    def watch(self, view: TaskView) -> None:
        """Show how far a task is."""
        self._bar.update(
            self._task, completed=view.progress, description=view.message, visible=True
        )
        line = f"{view.progress:>3} % {view.message}"
        if not self.console.is_terminal and line != self._last:
            self.tell(line)
        self._last = line
