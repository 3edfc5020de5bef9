"""Gives back an index to databases older than 0001_tables.

Taking the plain index from ``WorkOrder.case`` also dropped the unique one of "one running order per case" on
PostgreSQL: Django looks for it by its only column. Where it is, nothing happens.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_tables")]

    operations = [
        migrations.RunSQL(
            "CREATE UNIQUE INDEX IF NOT EXISTS order_one_running ON cases_workorder (case_id) WHERE ended_at IS NULL",
            migrations.RunSQL.noop,
        )
    ]
