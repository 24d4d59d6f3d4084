"""A simulator of breaches: an organisation, its ordinary life, one breach by a known route, and what the logs kept.

The engine that says where, how and who-or-nobody is measured against it (``benchmarks.pinpoint``). Nothing here is
imported by the product, and the product may assume none of the rates that stand at the top of each module: they are
drawn anew for each case from wide ranges.

What a record looks like (all references as in :mod:`bartizan.engines.observe`):

- Doors: ``door.granted`` and ``door.denied`` have the badge as actor, the portal as place, the reader as device and
  ``data.direction`` (``in`` or ``out``). ``door.exit`` is a push from inside without a badge. ``door.tailgate`` is a
  counter in the door that saw two bodies for one badge.
- Cameras: ``camera.person`` at a portal, ``data.count`` people at once, no name. One with an actor ``person:…`` and
  ``data.llr`` is footage that somebody compared with the staff's pictures: the natural logarithm of how much better
  that person explains the picture than somebody else.
- ``biometric.accepted`` and ``biometric.refused`` have the claimed person as actor and ``data.llr`` likewise.
- Logins: user account as actor, host as device; ``data.LogonType`` 2 at the keyboard, 7 unlock, 3 over the network and
  10 remote desktop with ``data.src_ip``. ``login.logout``, ``login.lock``, ``login.unlock`` likewise.
- ``document.*``: user account as actor, the machine as device (a printer for ``document.printed``), the file as asset;
  ``data.size`` bytes (``data.before`` as well when an existing file was written), ``data.pages``, ``data.target`` of a
  copy, ``data.src_ip`` of the machine a print or a server's record came from.
- ``document.marked``: a leaked copy was read, and it carries the mark of the copy given to the actor.
- ``host.usb``: the machine as device, ``data.serial`` of the disk.
- ``network.mail``: sender's user account as actor, mail server as device, attachment as asset, ``data.to``,
  ``data.size``, ``data.src_ip``. ``network.flow``, ``network.web``, ``network.alert``: machine and the other end as
  ``ip:`` references in actor and asset, ``data.size`` bytes.
- ``host.process`` has ``data.Image``, ``host.service`` has ``data.service`` and ``data.state``, ``host.malware`` has
  ``data.name``.

Events of one case may share their ``data``: read them, do not change them.
"""
