"""Every room's REST routes, documented at /api/docs."""

from ninja import NinjaAPI

import bartizan
from bartizan.watch.api import router as observations

api = NinjaAPI(
    title="Bartizan",
    version=bartizan.__version__,
    description="Send observations to Bartizan. A source of the kind “http” under Sources shows its token once.",
)
api.add_router("", observations)
