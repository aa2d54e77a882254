"""What the old app says of a task at each stage; its pages show these messages, so they stay."""

from __future__ import annotations

from collections.abc import Mapping

STARTED, RUNNING, COMPLETED, FAILED = "started", "running", "completed", "failed"

STAGE_MESSAGES: Mapping[str, str] = {
    "initializing": "Starting choreography generation...",
    "downloading": "Downloading audio...",
    "analyzing": "Analyzing music features...",
    "selecting": "Selecting dance moves...",
    "generating": "Generating choreography video...",
    "finalizing": "Finalizing video...",
    "completed": "Choreography generated successfully!",
}
AUTO_SAVED = " (Auto-saved to collection)"
GENERATION_FAILED = "Generation failed"
CANCELLED_BY_USER = "Cancelled by user"

FAILURE_MESSAGES: Mapping[str, str] = {
    "download_failed": "Failed to download from YouTube",
    "song_not_found": "Failed to download from YouTube",
    "unusable_audio": "Failed to analyze music",
    "no_matching_moves": "Failed to analyze dance moves",
    "unusable_clip": "Failed to generate video",
    "render_failed": "Failed to generate video",
    "storage_full": "Insufficient system resources",
    "resources": "Insufficient memory",
    "job_not_started": "Required service is unavailable",
    "storage_unavailable": "Required service is unavailable",
    "internal_error": "An unexpected error occurred",
}
"""Message by error code; every other code is ``GENERATION_FAILED``."""


def success_message(*, auto_saved: bool) -> str:
    """Return the message of a finished video, which may have been saved."""
    return STAGE_MESSAGES["completed"] + (AUTO_SAVED if auto_saved else "")


def failure_message(code: str) -> str:
    """Return the message of a failure with this code."""
    return FAILURE_MESSAGES.get(code, GENERATION_FAILED)
