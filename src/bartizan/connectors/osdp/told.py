"""What a reader is told: light, sound and relay, as libosdp's commands (OSDP 2.2, 6.9, 6.10, 6.11; units of 100 ms)."""

from __future__ import annotations

from typing import Any, Final

_OUTPUT, _LED, _BUZZER = 1, 2, 3
NONE, RED, GREEN, AMBER = 0, 1, 2, 3
_FOREVER_OFF, _FOREVER_ON, _FOR_A_TIME = 1, 2, 5
_SECOND: Final = 10

Command = dict[str, Any]


def pulse(output: int, seconds: int) -> Command:
    """The relay for so long, then as it stood."""
    timer = min(seconds * _SECOND, 0xFFFF)
    return {"command": _OUTPUT, "output_no": output, "control_code": _FOR_A_TIME, "timer_count": timer}


def stand(output: int, *, is_on: bool) -> Command:
    code = _FOREVER_ON if is_on else _FOREVER_OFF
    return {"command": _OUTPUT, "output_no": output, "control_code": code, "timer_count": 0}


def shine(colour: int) -> Command:
    """The light at rest."""
    return _led(colour, colour, temporary=False, control_code=1, tenths=0)


def flash(colour: int, seconds: int, *, blinks: bool = False) -> Command:
    """For so long; then the light at rest again."""
    off = NONE if blinks else colour
    return _led(colour, off, temporary=True, control_code=2, tenths=seconds * _SECOND)


def beep(times: int) -> Command:
    return {"command": _BUZZER, "reader": 0, "control_code": 2, "on_count": 1, "off_count": 1, "rep_count": times}


def _led(on: int, off: int, *, temporary: bool, control_code: int, tenths: int) -> Command:
    return {
        "command": _LED,
        "reader": 0,
        "led_number": 0,
        "temporary": temporary,
        "control_code": control_code,
        "on_count": 3,
        "off_count": 3,
        "on_color": on,
        "off_color": off,
        "timer_count": tenths,
    }
