"""The OpenAPI document tells of each Struct what it is for, and whether it is closed; its page."""

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar._openapi.schema_generation import SchemaCreator
from litestar.connection import Request
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

DOCS_PAGE: Final = Path(__file__).parent / "docs_page"


class DocumentationPage(OpenAPIRenderPlugin):
    """Swagger UI from our own files, with nothing inline: it reads the document as anybody does."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return (DOCS_PAGE / "index.html").read_bytes()


class Unions(OpenAPISchemaPlugin):
    """Shows a base type as all the types that it stands for."""

    def __init__(self, unions: Mapping[type, Sequence[Any]]) -> None:
        self._unions = unions

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return field_definition.annotation in self._unions

    def to_openapi_schema(
        self, field_definition: FieldDefinition, schema_creator: SchemaCreator
    ) -> Schema:
        unions = map(FieldDefinition.from_annotation, self._unions[field_definition.annotation])
        shown = [schema_creator.for_field_definition(union) for union in unions]
        [schema] = shown if len(shown) == 1 else [Schema(one_of=shown)]
        assert isinstance(schema, Schema), "a union is no component of its own"
        return schema


class DescribedStructs(OpenAPISchemaPlugin):
    """Adds to the framework's schema of a Struct its docstring, and that it is closed if it is."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return not field_definition.is_union and field_definition.is_subclass_of(msgspec.Struct)

    def to_openapi_schema(
        self, field_definition: FieldDefinition, schema_creator: SchemaCreator
    ) -> Schema:
        described_by = next(
            plugin
            for plugin in schema_creator.plugins
            if isinstance(plugin, OpenAPISchemaPlugin)
            and plugin is not self
            and plugin.is_plugin_supported_field(field_definition)
        )
        schema = described_by.to_openapi_schema(field_definition, schema_creator)
        struct = field_definition.origin or field_definition.annotation
        schema.description = inspect.getdoc(struct)
        if struct.__struct_config__.forbid_unknown_fields:
            schema.additional_properties = False
        return schema
