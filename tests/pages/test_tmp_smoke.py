import pytest
from tests.world import *
from django.test import Client
pytestmark = pytest.mark.django_db
def test_smoke(world, django_assert_max_num_queries):
    from django.test.utils import CaptureQueriesContext
    from django.db import connection
    case = a_handled(world)
    for who in ("governor","supervisor","dispatcher","leader","stranger"):
        c = Client(); c.force_login(world.people[who])
        c.get("/cases/")
        for url in ("/cases/","/cases/new/",f"/cases/{case.number}/",f"/cases/{case.number}/sent/",f"/cases/{case.number}/print/",f"/cases/{case.number}/person/","/here/?longitude=112.9&latitude=27.85"):
            with CaptureQueriesContext(connection) as q:
                r = c.get(url)
            print(who, url, r.status_code, len(q), len(r.content))
    from cases.models import Reporter
    r = Client().get(f"/f/{Reporter.objects.get(case=case).token}/"); print(r.status_code); print(r.content.decode()[2000:6000])
