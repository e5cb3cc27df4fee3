"""This computer's system, smart card service and reader driver; and how the service is started."""

from __future__ import annotations

import os
import platform
import plistlib
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

StartType = Literal["automatic", "on_demand", "manual", "disabled", "not_installed", "unknown"]
DRIVER_PLACES: Final = (
    Path("/usr/lib/pcsc/drivers/ifd-ccid.bundle"),
    Path("/usr/lib64/pcsc/drivers/ifd-ccid.bundle"),
    Path("/usr/libexec/SmartCardServices/drivers/ifd-ccid.bundle"),
)
SYSTEMD_RUNS: Final = Path("/run/systemd/system")
OLDEST_WINDOWS: Final = 10
ASKING_SECONDS: Final = 5.0
STARTING_SECONDS: Final = 20.0
# The answers of `systemctl is-enabled pcscd.socket`.
SYSTEMD_STATES: Final[dict[str, StartType]] = {
    "enabled": "on_demand",
    "static": "on_demand",
    "disabled": "disabled",
    "masked": "disabled",
    "not-found": "not_installed",
}
WINDOWS_STATES: Final[dict[str, StartType]] = {"2": "automatic", "3": "manual", "4": "disabled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPlan:
    """How the service is started: commands, their text for people, and may this process run them?"""

    commands: tuple[tuple[str, ...], ...]
    shown: str
    may_run: bool


def operating_system() -> str:
    """Name and version, such as Debian GNU/Linux 12 (bookworm)."""
    system = platform.system()
    if system == "Linux":
        try:
            return platform.freedesktop_os_release()["PRETTY_NAME"]
        except (OSError, KeyError):
            return f"Linux {platform.release()}"
    if system == "Darwin":
        return f"macOS {platform.mac_ver()[0]}"
    return f"{system} {platform.release()} ({platform.version()})"


def is_supported(system: str, release: str) -> bool:
    """Does the station run on this system? Linux and macOS of any age, Windows 10 and later.

    >>> is_supported("Windows", "10"), is_supported("Windows", "7"), is_supported("Linux", "6.1")
    (True, False, True)
    """
    if system != "Windows":
        return system in {"Linux", "Darwin"}
    number = release.removesuffix("Server").split(".")[0]
    return not number.isdecimal() or int(number) >= OLDEST_WINDOWS  # Windows Server is numbered by years


def driver_version() -> str:
    """The version of the CCID driver of PC/SC-lite or macOS; empty where there is none."""
    for place in DRIVER_PLACES:
        try:
            described = plistlib.loads((place / "Contents" / "Info.plist").read_bytes())
        except (OSError, plistlib.InvalidFileException):
            continue
        return str(described.get("CFBundleShortVersionString", "?"))
    return ""


def start_type() -> StartType:
    """How the smart card service is started on this computer."""
    system = platform.system()
    if system == "Darwin":
        return "on_demand"  # macOS starts its own with the first reader
    try:
        if system == "Windows":
            answer = _run_command(("sc", "qc", "SCardSvr"), ASKING_SECONDS).stdout
            line = next((line for line in answer.splitlines() if "START_TYPE" in line), "")
            return WINDOWS_STATES.get(line.partition(":")[2].strip()[:1], "unknown")
        if not SYSTEMD_RUNS.exists():
            return "manual" if shutil.which("pcscd") else "not_installed"
        answer = _run_command(("systemctl", "is-enabled", "pcscd.socket"), ASKING_SECONDS).stdout.strip()
        return SYSTEMD_STATES.get(answer, "not_installed" if not answer else "unknown")
    except (OSError, subprocess.SubprocessError):
        return "unknown"


def start_plan(*, system: str, has_systemd: bool, is_administrator: bool, has_program: bool) -> StartPlan:
    """How to start the service on a machine of this kind."""
    commands: tuple[tuple[str, ...], ...]
    if system == "Windows":
        commands = (("sc", "config", "SCardSvr", "start=", "auto"), ("sc", "start", "SCardSvr"))
        shown = " && ".join(" ".join(command) for command in commands)
    elif system == "Darwin":
        return StartPlan(commands=(), shown="", may_run=False)
    elif not has_program:
        return StartPlan(commands=(), shown="sudo apt-get install pcscd libccid", may_run=False)
    else:
        start = ("systemctl", "enable", "--now", "pcscd.socket") if has_systemd else ("pcscd",)
        commands = (start,)
        shown = " ".join(("sudo", *start))
    return StartPlan(commands=commands, shown=shown, may_run=is_administrator)


def start_plan_here() -> StartPlan:
    """`start_plan` for this computer and the rights of this process."""
    return start_plan(
        system=platform.system(),
        has_systemd=SYSTEMD_RUNS.exists(),
        is_administrator=_is_administrator(),
        has_program=shutil.which("pcscd") is not None,
    )


def start_service(plan: StartPlan) -> bool:
    """Run the plan's commands. Returns whether all succeeded; False at once without the right to run them."""
    if not plan.may_run or not plan.commands:
        return False
    try:
        return all(_run_command(command, STARTING_SECONDS).returncode == 0 for command in plan.commands)
    except (OSError, subprocess.SubprocessError):
        return False


def _run_command(command: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  fixed words, no shell
        command, capture_output=True, text=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL
    )


def _is_administrator() -> bool:
    if hasattr(os, "geteuid"):
        return os.geteuid() == 0
    import ctypes

    return bool(ctypes.windll.shell32.IsUserAnAdmin())  # type: ignore[attr-defined,unused-ignore]
