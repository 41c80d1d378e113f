"""JSON that is read by itself, later: what is wrong with one part holds up no other."""

from typing import Any, NamedTuple

import msgspec
from litestar._openapi.schema_generation import SchemaCreator
from litestar.openapi.spec import Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition


class ReadAs(NamedTuple):
    """Beside the type `msgspec.Raw`: what it is read as."""

    type: Any


class ReadLater(OpenAPISchemaPlugin):
    """Shows what is read later as what it is read as."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return field_definition.annotation is msgspec.Raw

    def to_openapi_schema(
        self, field_definition: FieldDefinition, schema_creator: SchemaCreator
    ) -> Schema:
        [meant] = [one for one in field_definition.metadata if isinstance(one, ReadAs)]
        shown = schema_creator.for_field_definition(FieldDefinition.from_annotation(meant.type))
        return shown if isinstance(shown, Schema) else Schema(all_of=[shown])
