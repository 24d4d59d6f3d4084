"""One encrypted file of everything: taken while Bartizan runs, proved by reading it back, restored elsewhere."""

from bartizan.core.backup.lock import Locked, Opener, RecoveryKey, by_passphrase, by_recovery_key
from bartizan.core.backup.parts import BackupError, Part, Pins, part
from bartizan.core.backup.restore import restore, verify
from bartizan.core.backup.take import Taken, take

__all__ = [
    "BackupError",
    "Locked",
    "Opener",
    "Part",
    "Pins",
    "RecoveryKey",
    "Taken",
    "by_passphrase",
    "by_recovery_key",
    "part",
    "restore",
    "take",
    "verify",
]
