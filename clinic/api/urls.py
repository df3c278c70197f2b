"""The addresses of the API, its OpenAPI document and the page that shows it."""

from ninja import NinjaAPI, Swagger

from clinic.api import appointments, catalogue, slots
from clinic.api.limits import READS
from clinic.api.problems import tell_problems

api = NinjaAPI(
    title="Kliniek",
    version="1",
    description=__doc__,
    docs=Swagger(),
    urls_namespace="api",
    throttle=READS,
)
tell_problems(api)
for router in (catalogue.router, slots.router, appointments.router):
    api.add_router("", router)

urlpatterns = api.urls
