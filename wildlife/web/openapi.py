"""The OpenAPI document and its page: what the framework tells by itself, and what it does not."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Request, Router
from litestar._openapi.schema_generation import SchemaCreator
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, License, Reference, Schema, SecurityScheme
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition
from msgspec.inspect import FloatType, IntType, ListType, StrType, Type, UnionType

from wildlife import __version__
from wildlife.web.document import Examples, complete
from wildlife.web.type_info import alternative, type_info
from wildlife.words.documented import written_under
from wildlife.words.fields import TAG_FIELDS
from wildlife.words.vocabularies import Code

DOCS_PAGE: Final = Path(__file__).parent / "docs_page"


def openapi_config(examples: Examples) -> OpenAPIConfig:
    """The document as `/docs/openapi.json`, and the page at `/docs` that shows it."""
    return OpenAPIConfig(
        title="Wildlife rescue records",  # generators name what they make for it
        version=__version__,
        description=(DOCS_PAGE / "about.md").read_text("utf-8"),
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        openapi_router=Router(
            "/docs",
            route_handlers=[],
            include_in_schema=False,
            before_request=_refuse_unknown_page,
        ),
        use_handler_docstrings=True,
        operation_id_creator=_operation_id,
        render_plugins=[
            _DocumentationPage(path="/"),
            _CompleteDocument(examples, path="/openapi.json"),
        ],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="访问令牌。The `access_token` that signing in answers.",
                ),
                "feed": SecurityScheme(
                    type="http",
                    scheme="basic",
                    description="取数地址。A feed's id and password.",
                ),
            }
        ),
        security=[{"bearer": []}],
    )


class _DocumentationPage(OpenAPIRenderPlugin):
    """Swagger UI from our own files, with nothing inline: it reads the document as anybody does."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return (DOCS_PAGE / "index.html").read_bytes()


class _CompleteDocument(JsonRenderPlugin):
    """The document as JSON, with what the framework can't tell; made once."""

    def __init__(self, examples: Examples, *, path: str) -> None:
        super().__init__(path=path)
        self._examples = examples
        self._made: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if self._made is None:
            self._made = msgspec.json.encode(complete(openapi_schema, self._examples))
        return self._made


def _refuse_unknown_page(request: Request[Any, Any, Any]) -> None:
    """Raises NotFoundException for a page that there is not, for which the framework has one of its
    own beside ours."""
    if request.path_params:
        raise NotFoundException


def _operation_id(handler: HTTPRouteHandler, method: str, path: Sequence[object]) -> str:
    """`openIncident`: the handler's name. Where one handler stands at several paths, it is named
    for what the path ends with; and whoever asks for the headers only says so."""
    first, *others = handler.handler_name.split("_")
    if len(handler.paths) > 1:
        others = [str(path[-1])]
    if method == "HEAD" and len(handler.http_methods) > 1:
        first = "head"
    return first + "".join(word.capitalize() for word in others)


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
    """Adds to the framework's schema of a Struct what is written under it and its fields, and that
    it is closed if it is."""

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
        schema.description = _called(struct, inspect.getdoc(struct))
        if struct.__struct_config__.forbid_unknown_fields:
            schema.additional_properties = False
        elif not struct.__struct_config__.omit_defaults:
            schema.required = sorted(schema.properties or {})  # an answer has all that it may have
        written = written_under(struct) | _with_defaults(struct)
        encoded_as = zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True)
        properties = schema.properties or {}
        schema.properties = properties | {
            encoded: _described(properties[encoded], written[name])
            for name, encoded in encoded_as
            if name in written
        }
        for field in msgspec.structs.fields(struct):
            if isinstance(shown := schema.properties.get(field.encode_name), Schema):
                schema.properties[field.encode_name] = _bounded(shown, type_info(field.type))
        if tag := struct.__struct_config__.tag_field:
            schema.properties[tag] = _described(properties[tag], TAG_FIELDS[tag])
        return schema


def _called(struct: type, written: str | None) -> str | None:
    """What is written of a kind of incident or a type of entry, after what people call it."""
    label = struct.__dict__.get("KIND") or struct.__dict__.get("LABEL")
    return f"{label.zh}。{written}" if label is not None else written


def _with_defaults(struct: type[msgspec.Struct]) -> dict[str, str]:
    """What is written under the fields of a body that count for something where they are left out,
    with what that is. No `default` says it: of a field that has one, generators make one that has
    to be sent."""
    if not struct.__struct_config__.forbid_unknown_fields:
        return {}
    written = written_under(struct)
    return {
        field.name: f"{written[field.name]} 不填即 `{usual}`。Left out: `{usual}`."
        for field in msgspec.structs.fields(struct)
        if isinstance(field.default, Code | bool | int) and field.name in written
        for usual in [_as_json(field.default)]
    }


def _bounded(schema: Schema | Reference | None, type_: Type) -> Any:
    """The same with all bounds of its type: the framework leaves out those of what is in a list,
    and of a number that may be null what is 0."""
    info = alternative(type_, None)
    if not isinstance(schema, Schema):
        return schema
    bounds: dict[str, Any] = {}
    match info:
        case IntType() | FloatType():
            bounds = {"minimum": info.ge, "exclusive_minimum": info.gt, "maximum": info.le}
        case StrType():
            bounds = {name: getattr(info, name) for name in ("min_length", "max_length", "pattern")}
        case UnionType(types=types) if schema.one_of and len(schema.one_of) == len(types):
            each = zip(schema.one_of, types, strict=True)
            bounds = {"one_of": [_bounded(one, member) for one, member in each]}
        case ListType() if isinstance(schema.items, Schema):
            bounds = {"items": _bounded(schema.items, info.item_type)}
    return replace(schema, **{name: bound for name, bound in bounds.items() if bound is not None})


def _as_json(value: object) -> str:
    return value.value if isinstance(value, Code) else msgspec.json.encode(value).decode()


class DescribedCodes(OpenAPISchemaPlugin):
    """Adds to the framework's schema of a vocabulary what each of its codes is called."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return not field_definition.is_union and field_definition.is_subclass_of(Code)

    # The framework takes a reference, too: to the one schema that all fields of the type share.
    def to_openapi_schema(  # type: ignore[override]
        self, field_definition: FieldDefinition, schema_creator: SchemaCreator
    ) -> Schema | Reference:
        codes: type[Code] = field_definition.annotation
        said = (f"- `{code.value}`: {code.zh} / {code.en}" for code in codes)
        schema = schema_creator.schema_registry.get_schema_for_field_definition(field_definition)
        schema.description = "\n".join([inspect.getdoc(codes) or "", "", *said])
        # What one field is by default, its type is not.
        return schema_creator.for_enum_field(FieldDefinition.from_annotation(codes))


def _described(schema: Schema | Reference, written: str) -> Schema | Reference:
    """The same with what is written under the field, before what is said of its type."""
    if isinstance(schema, Reference):
        schema.description = written  # the framework knows it again when it names what it refers to
        return schema
    by_type = schema.description
    return replace(schema, description=f"{written} {by_type}" if by_type else written)
