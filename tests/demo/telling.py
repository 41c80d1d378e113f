"""A story of the demo, told as it is sent."""

from tests.users import Person
from wildlife.demo.stories import Story


async def tell(person: Person, story: Story) -> None:
    for one in story.requests:
        if one.picture is not None:
            answer = await person.request(
                one.method, one.path, content=one.picture(), params=one.parameters
            )
        else:
            answer = await person.request(one.method, one.path, json=one.body)
        assert answer.status_code == 201, f"{one}: {answer.text}"
