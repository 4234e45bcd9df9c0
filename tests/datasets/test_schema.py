"""A schema comes back from its text as it was, and a text that is none is refused."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.datasets.errors import DatasetError
from accord.datasets.schema import Field, Schema

NAMES = st.text("abcdefghijklmnopqrstuvwxyz/_", min_size=1, max_size=12)
FIELDS = st.builds(
    Field,
    name=NAMES,
    shape=st.lists(st.integers(0, 5), max_size=3).map(tuple),
    dtype=st.sampled_from(["float64", "float32", "int64", "uint8", "uint32", "bool"]),
    unit=st.text(max_size=5),
)
SCHEMAS = st.lists(FIELDS, max_size=6, unique_by=lambda field: field.name).map(lambda fields: Schema(tuple(fields)))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["name", "shape", "dtype", "unit"]) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(SCHEMAS)
def test_a_schema_comes_back_from_its_text_as_it_was(schema: Schema) -> None:
    assert Schema.from_json(schema.to_json()) == schema


@given(SCHEMAS)
def test_the_record_type_has_every_field_in_order(schema: Schema) -> None:
    dtype = schema.dtype
    assert dtype.names == tuple(field.name for field in schema) or not schema.fields
    for field in schema:
        base, shape = dtype[field.name].subdtype or (dtype[field.name], ())
        assert (base, shape) == (np.dtype(field.dtype), field.shape)


@given(SCHEMAS, st.data())
def test_a_part_of_a_schema_has_the_order_that_was_asked_for(schema: Schema, data: st.DataObject) -> None:
    names = data.draw(st.permutations([field.name for field in schema]))
    assert [field.name for field in schema.only(names)] == names


@given(JSON.map(json.dumps) | st.text())
def test_any_other_text_is_refused_or_a_whole_schema(text: str) -> None:
    try:
        schema = Schema.from_json(text)
    except DatasetError:
        return
    assert schema.dtype.itemsize >= 0


@given(st.text(max_size=12))
def test_any_element_type_is_a_kind_of_number_or_refused(dtype: str) -> None:
    row = {"name": "a", "shape": [], "dtype": dtype, "unit": "1"}
    try:
        schema = Schema.from_json(json.dumps([row]))
    except DatasetError:
        return
    assert np.dtype(schema["a"].dtype).kind in "biuf"


@pytest.mark.parametrize("dtype", ["object", "O", "V8", "f4,f4", "f4,(", "{", "str", "S5", "datetime64", "complex128"])
def test_a_field_holds_numbers_and_nothing_else(dtype: str) -> None:
    with pytest.raises(DatasetError, match="a schema in JSON"):
        Schema.from_json(json.dumps([{"name": "a", "shape": [2], "dtype": dtype, "unit": "m"}]))


@pytest.mark.parametrize("shape", [[-1], [1e999], ["a"], 3, None, [[1]]])
def test_a_shape_that_no_array_has_is_refused(shape: object) -> None:
    with pytest.raises(DatasetError, match="a schema in JSON"):
        Schema.from_json(json.dumps([{"name": "a", "shape": shape, "dtype": "float64", "unit": "m"}]))


def test_a_text_that_goes_too_deep_is_refused() -> None:
    with pytest.raises(DatasetError, match="a schema in JSON"):
        Schema.from_json("[" * 100_000)


def test_two_fields_of_one_name_are_refused() -> None:
    field = Field("a", (), "float64", "m")
    with pytest.raises(DatasetError, match="one name twice"):
        Schema((field, field))


def test_a_field_that_is_not_there_is_named_with_those_that_are() -> None:
    schema = Schema((Field("a", (), "float64", "m"),))
    assert "a" in schema
    assert "b" not in schema
    with pytest.raises(DatasetError, match=r"'b'.*only a"):
        schema["b"]
