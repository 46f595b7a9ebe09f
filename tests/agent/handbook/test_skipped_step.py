from __future__ import annotations

from tests.agent.handbook.scene import on, sh, verdict

NO_TABLE = "django.db.utils.OperationalError: no such table: auth_user"


def test_a_migration_that_comes_too_late_is_run_first() -> None:
    scene = on(sh("python manage.py createsuperuser", "python manage.py migrate"))

    answer = scene.ask("python manage.py createsuperuser", NO_TABLE)

    assert verdict(answer) == (
        "skipped_step", "wrong_order", "before", ("python manage.py migrate",),
    )  # fmt: skip


def test_a_migration_that_is_never_run_is_missing() -> None:
    scene = on(sh("python manage.py shop"))

    answer = scene.ask("python manage.py shop", NO_TABLE)

    assert verdict(answer)[1] == "missing_prerequisite"
