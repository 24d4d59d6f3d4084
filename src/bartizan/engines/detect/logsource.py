"""Which events a rule's log source means: the table, and the question asked of an event's Channel and EventID.

Channels and numbers follow SigmaHQ's own configuration for its scanners and pySigma's Windows and Sysmon pipelines.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from bartizan.engines.detect.values import fold

SYSMON: Final = "Microsoft-Windows-Sysmon/Operational"
LINUX_SYSMON: Final = "Linux-Sysmon/Operational"
SECURITY: Final = "Security"
CLASSIC: Final = "Windows PowerShell"
POWERSHELL: Final = ("Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational")
DEFENDER: Final = "Microsoft-Windows-Windows Defender/Operational"
KERNEL_FILE: Final = "Microsoft-Windows-Kernel-File"

# Sysmon's event numbers of each Sigma category.
SYSMON_CATEGORIES: Final[dict[str, tuple[int, ...]]] = {
    "process_creation": (1,),
    "file_change": (2,),
    "network_connection": (3,),
    "sysmon_status": (4, 16),
    "process_termination": (5,),
    "driver_load": (6,),
    "driver_loaded": (6,),
    "image_load": (7,),
    "create_remote_thread": (8,),
    "raw_access_thread": (9,),
    "raw_access_read": (9,),
    "process_access": (10,),
    "file_event": (11,),
    "registry_event": (12, 13, 14),
    "registry_add": (12,),
    "registry_delete": (12,),
    "registry_set": (13,),
    "registry_rename": (14,),
    "create_stream_hash": (15,),
    "pipe_created": (17, 18),
    "wmi_event": (19, 20, 21),
    "dns_query": (22,),
    "file_delete": (23, 26),
    "file_delete_detected": (26,),
    "clipboard_capture": (24,),
    "clipboard_change": (24,),
    "process_tampering": (25,),
    "file_block_executable": (27,),
    "file_block_shredding": (28,),
    "file_executable_detected": (29,),
    "sysmon_error": (255,),
}

# Other Windows categories: channels and event numbers. Renaming and opening files come from the kernel's file provider.
WINDOWS_CATEGORIES: Final[dict[str, tuple[tuple[str, ...], tuple[int, ...]]]] = {
    "ps_module": (POWERSHELL, (4103,)),
    "ps_script": (POWERSHELL, (4104,)),
    "ps_classic_start": ((CLASSIC,), (400,)),
    "ps_classic_provider_start": ((CLASSIC,), (600,)),
    "ps_classic_script": ((CLASSIC,), (800,)),
    "file_access": ((KERNEL_FILE, f"{KERNEL_FILE}/Analytic", f"{KERNEL_FILE}/Operational"), (12,)),
    "file_rename": ((KERNEL_FILE, f"{KERNEL_FILE}/Analytic", f"{KERNEL_FILE}/Operational"), (19, 27)),
    "antivirus": ((DEFENDER,), (1006, 1007, 1008, 1009, 1010, 1011, 1012, 1017, 1018, 1019, 1115, 1116)),
}

WINDOWS_SERVICES: Final[dict[str, tuple[str, ...]]] = {
    "application": ("Application",),
    "security": (SECURITY,),
    "system": ("System",),
    "sysmon": (SYSMON,),
    "powershell": POWERSHELL,
    "powershell-classic": (CLASSIC,),
    "application-experience": (
        "Microsoft-Windows-Application-Experience/Program-Telemetry",
        "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant",
    ),
    "applocker": (
        "Microsoft-Windows-AppLocker/MSI and Script",
        "Microsoft-Windows-AppLocker/EXE and DLL",
        "Microsoft-Windows-AppLocker/Packaged app-Deployment",
        "Microsoft-Windows-AppLocker/Packaged app-Execution",
    ),
    "appmodel-runtime": ("Microsoft-Windows-AppModel-Runtime/Admin",),
    "appxdeployment-server": ("Microsoft-Windows-AppXDeploymentServer/Operational",),
    "appxpackaging-om": ("Microsoft-Windows-AppxPackaging/Operational",),
    "bitlocker": ("Microsoft-Windows-BitLocker/BitLocker Management",),
    "bits-client": ("Microsoft-Windows-Bits-Client/Operational",),
    "capi2": ("Microsoft-Windows-CAPI2/Operational",),
    "certificateservicesclient-lifecycle-system": (
        "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational",
    ),
    "codeintegrity-operational": ("Microsoft-Windows-CodeIntegrity/Operational",),
    "dhcp": ("Microsoft-Windows-DHCP-Server/Operational",),
    "diagnosis-scripted": ("Microsoft-Windows-Diagnosis-Scripted/Operational",),
    "dns-client": (
        "Microsoft-Windows-DNS Client Events/Operational",
        "Microsoft-Windows-DNS-Client/Operational",
    ),
    "dns-server": ("DNS Server",),
    "dns-server-analytic": ("Microsoft-Windows-DNS-Server/Analytical",),
    "dns-server-audit": ("Microsoft-Windows-DNS-Server/Audit",),
    "driver-framework": ("Microsoft-Windows-DriverFrameworks-UserMode/Operational",),
    "firewall-as": ("Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",),
    "hyper-v-worker": ("Microsoft-Windows-Hyper-V-Worker", "Microsoft-Windows-Hyper-V-Worker-Admin"),
    "iis-configuration": ("Microsoft-IIS-Configuration/Operational",),
    "kernel-event-tracing": ("Microsoft-Windows-Kernel-EventTracing", "Microsoft-Windows-Kernel-EventTracing/Admin"),
    "kernel-shimengine": (
        "Microsoft-Windows-Kernel-ShimEngine/Operational",
        "Microsoft-Windows-Kernel-ShimEngine/Diagnostic",
    ),
    "ldap": ("Microsoft-Windows-LDAP-Client/Debug",),
    "ldap_debug": ("Microsoft-Windows-LDAP-Client/Debug",),
    "lsa-server": ("Microsoft-Windows-LSA/Operational",),
    "microsoft-servicebus-client": (
        "Microsoft-ServiceBus-Client",
        "Microsoft-ServiceBus-Client/Admin",
        "Microsoft-ServiceBus-Client/Operational",
    ),
    "msexchange-management": ("MSExchange Management",),
    "ntfs": ("Microsoft-Windows-Ntfs/Operational",),
    "ntlm": ("Microsoft-Windows-NTLM/Operational",),
    "openssh": ("OpenSSH/Operational",),
    "printservice-admin": ("Microsoft-Windows-PrintService/Admin",),
    "printservice-operational": ("Microsoft-Windows-PrintService/Operational",),
    "security-mitigations": (
        "Microsoft-Windows-Security-Mitigations/KernelMode",
        "Microsoft-Windows-Security-Mitigations/UserMode",
        "Microsoft-Windows-Security-Mitigations/Kernel Mode",
        "Microsoft-Windows-Security-Mitigations/User Mode",
    ),
    "sense": ("Microsoft-Windows-SENSE/Operational",),
    "servicebus-client": ("Microsoft-ServiceBus-Client/Admin", "Microsoft-ServiceBus-Client/Operational"),
    "shell-core": ("Microsoft-Windows-Shell-Core/Operational",),
    "smbclient-audit": ("Microsoft-Windows-SmbClient/Audit",),
    "smbclient-connectivity": ("Microsoft-Windows-SmbClient/Connectivity",),
    "smbclient-security": ("Microsoft-Windows-SmbClient/Security",),
    "smbserver-connectivity": ("Microsoft-Windows-SMBServer/Connectivity",),
    "taskscheduler": ("Microsoft-Windows-TaskScheduler/Operational",),
    "terminalservices-localsessionmanager": ("Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",),
    "terminalservices-remoteconnectionmanager": (
        "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
    ),
    "vhdmp": ("Microsoft-Windows-VHDMP/Operational",),
    "windefend": (DEFENDER,),
    "wmi": ("Microsoft-Windows-WMI-Activity/Operational",),
}

# A rule about computers is not asked about doors: these domains of Bartizan's events belong to its own rules alone.
PHYSICAL: Final = frozenset({"door", "alarm", "camera", "biometric"})


# Windows' own audit of new processes, and its names for what Sysmon (and so every rule) calls otherwise.
AUDITED_PROCESS: Final = "4688"
AUDITED_NAMES: Final = {
    "Image": "NewProcessName",
    "ParentImage": "ParentProcessName",
    "User": "SubjectUserName",
    "LogonId": "SubjectLogonId",
}
_SECURITY: Final = fold(SECURITY)


@dataclass(frozen=True, slots=True)
class LogSource:
    """The three words of a rule's ``logsource``; empty where the rule does not say."""

    product: str = ""
    category: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """The events that a log source means."""

    channels: frozenset[str] | None = None
    """Folded Windows channels; None for any."""
    ids: frozenset[str] | None = None
    """Event numbers as text; None for any."""
    windows: bool = False
    """Matches events with a channel (of ``channels``)."""
    foreign: bool = False
    """Matches events without a channel, except those of doors and sensors."""
    domain: str | None = None
    """Bartizan's own events: of this domain, or of any when empty. None: not about them."""
    audited: bool = False
    """Matches Windows' own audit of new processes as well, beside Sysmon's."""

    def covers(self, channel: str | None, event_id: str | None, domain: str | None) -> bool:
        """``channel`` is folded; ``domain`` is None for an event that is not Bartizan's."""
        if self.domain is not None:
            return domain is not None and self.domain in ("", domain)
        if channel is None:
            return self.foreign and domain not in PHYSICAL
        if self.audited and channel == _SECURITY and event_id == AUDITED_PROCESS:
            return True
        if not self.windows or (self.channels is not None and channel not in self.channels):
            return False
        return self.ids is None or event_id in self.ids


def scope_of(source: LogSource, *, audited: bool = False) -> Scope:
    """The events meant by ``source``. What the table does not know is asked of every event of that platform.

    ``audited``: process_creation means Windows' own audit event 4688 as well as Sysmon's event 1.
    """
    if source.product == "bartizan":
        return Scope(domain=source.category)
    if source.product == "windows":
        scope = _windows(source, foreign=False)
        return replace(scope, audited=audited and source.category == "process_creation" and not source.service)
    if source.product:
        return _foreign(source)
    known = source.category in SYSMON_CATEGORIES or source.category in WINDOWS_CATEGORIES
    return _windows(source, foreign=True) if known or source.service in WINDOWS_SERVICES else Scope(foreign=True)


def _windows(source: LogSource, *, foreign: bool) -> Scope:
    channels, ids = _of_category(source.category)
    of_service = WINDOWS_SERVICES.get(source.service)
    if of_service and (channels is None or set(channels) & set(of_service)):
        channels = of_service if channels is None else tuple(set(channels) & set(of_service))
    return Scope(
        channels=None if channels is None else frozenset(map(fold, channels)),
        ids=None if ids is None else frozenset(map(str, ids)),
        windows=True,
        foreign=foreign,
    )


def _of_category(category: str) -> tuple[tuple[str, ...] | None, tuple[int, ...] | None]:
    if category in SYSMON_CATEGORIES:
        return (SYSMON,), SYSMON_CATEGORIES[category]
    return WINDOWS_CATEGORIES.get(category, (None, None))


def _foreign(source: LogSource) -> Scope:
    """Other platforms: events without a Windows channel, and Sysmon for Linux where the category has its number."""
    ids = SYSMON_CATEGORIES.get(source.category)
    if source.product != "linux" or ids is None:
        return Scope(foreign=True)
    return Scope(frozenset({fold(LINUX_SYSMON)}), frozenset(map(str, ids)), windows=True, foreign=True)
