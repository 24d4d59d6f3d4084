"""Every room's REST routes, documented at /api/docs."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

import bartizan
from bartizan.core import registers, rest
from bartizan.watch.api import router as observations

registers.load()


class OfficeAPI(NinjaAPI):
    """Describes each register's routes with its own fields."""

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**asked)
        rest.typed(schema)
        return schema


api = OfficeAPI(
    title="Bartizan",
    version=bartizan.__version__,
    description=(
        "Read and change the registers with a token from /account/tokens, and send observations: "
        "a source of the kind “http” under Sources shows its token once."
    ),
)
api.add_exception_handler(rest.Refused, rest.refused)
api.add_router("", observations)
api.add_router("", rest.router)
