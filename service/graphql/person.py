"""A person, whose name is shown only to their organisation and its facilitators."""

import strawberry

from service.graphql.context import Context


@strawberry.type(description="Somebody of an organisation.")
class Person:
    """A person. What is personal is decrypted for one answer at a time, and kept nowhere."""

    key: str = strawberry.field(description="The key they were introduced under.")
    organisation: str = strawberry.field(description="The key of their organisation.")
    role: str = strawberry.field(description="What they do there.")
    name: str | None = strawberry.field(description="Their name; null once they are forgotten.")
    email: str | None = strawberry.field(
        description="Their e-mail address; null where none was told, or once they are forgotten."
    )


async def person(context: Context, key: str) -> Person | None:
    """Return the person; None where there is none that the viewer may see."""
    introduced = await context.log.introduction(key, context.viewer)
    told = await context.log.personal([key], context.viewer)
    if introduced is None:
        return None
    personal = told.get(key, {})
    return Person(
        key=key,
        organisation=introduced.data["organisation"],
        role=introduced.data["role"],
        name=personal.get("name"),
        email=personal.get("email"),
    )
