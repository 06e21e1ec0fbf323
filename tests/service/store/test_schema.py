"""The service's own tables are migrated in one order."""

from alembic.config import Config
from alembic.script import ScriptDirectory

from service.store.schema import SERVICE


def test_the_migrations_are_one_chain_up_to_the_one_that_the_code_needs() -> None:
    config = Config()
    config.set_main_option("script_location", str(SERVICE.folder))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [SERVICE.revision]
    revisions = [revision.revision for revision in script.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)
