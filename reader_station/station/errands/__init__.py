"""What people do at the station, one module an errand.

A new errand, say a changed password, is four files and two entries:

1. `errands/password.py`: a class below `Errand` with its path, its acts and its panel, and a frozen type for
   what it keeps of a person during a visit. Add the class to `ERRANDS` below.
2. `templates/password/*.html.jinja`: its panels. Page, routes, reading the card, and the panels of an empty
   reader or a faulty one are there for every errand.
3. `portal/api/password_api.py`: the same calls at the portal. Add its router to `portal/api/__init__.py`.
4. `pipeline/accounts/passwords.py`: the rules and the database.

The request, the answer and the path of each call stand once, in `reader_station.wire`.

The environment check is no errand in this sense: it needs no card and asks the portal nothing about a person.
"""

from __future__ import annotations

from typing import Final

from reader_station.station.errands.errand import Errand
from reader_station.station.errands.registration import Registration

ERRANDS: Final[tuple[type[Errand], ...]] = (Registration,)
