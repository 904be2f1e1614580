"""Text vectors: the same text, the same vector, in whatever company; needs the exported encoder (`make install`)."""

from pathlib import Path

import numpy as np
import pytest
import torch

from models_core.embeddings import FILES, HALFWAY, ONNX_NAME, EncoderMissing, TextEncoder
from models_core.export_encoder import export
from models_core.upper_layers import UpperLayers, adapter_shapes, upper_shapes

FOLDER = Path(__file__).resolve().parents[2] / "var" / "encoder"


@pytest.fixture(scope="module")
def encoder():
    if not (FOLDER / ONNX_NAME).is_file():
        pytest.skip("the text encoder is not exported here; make install does that")
    return TextEncoder(FOLDER)


def test_vectors_are_unit_vectors_of_the_right_shape(encoder):
    vectors = encoder.encode(["Solve $2x = 6$.", "", "naïve 数学 " * 500])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)


def test_a_texts_vector_does_not_depend_on_its_company(encoder):
    texts = ["Solve for x.", "What is the slope of the line through these points?", "Solve for y."]
    together = encoder.encode(texts)
    assert np.array_equal(together, np.concatenate([encoder.encode([text]) for text in texts[:2]] + [together[2:]]))
    assert np.allclose(encoder.encode(texts[2:]), together[2:], atol=1e-6)


def test_what_means_alike_lies_close(encoder):
    a, b, c = encoder.encode(["Solve the equation for x.", "Find x in this equation.", "The cat sleeps on the sofa."])
    assert a @ b > a @ c + 0.3


def test_no_texts_no_vectors_and_no_loading(tmp_path):
    assert TextEncoder(tmp_path / "encoder.onnx").encode([]).shape == (0, 384)


def test_a_missing_encoder_says_how_to_make_it(tmp_path):
    with pytest.raises(EncoderMissing, match=r"python -m models_core\.export_encoder"):
        TextEncoder(tmp_path / "encoder.onnx").encode(["x"])


def test_an_encoder_that_is_there_is_not_exported_again(tmp_path):
    for name in FILES:
        (tmp_path / name).write_text("as it was")
    assert export(tmp_path).read_text() == "as it was"


def test_the_layers_above_take_the_hidden_states_halfway_to_the_vector(encoder):
    text = "Find x in this equation."
    upper = UpperLayers().eval()
    upper.put_in(encoder.upper_weights())
    tokens = [101, *encoder.pieces(text).ids, 102]
    with torch.inference_mode():
        pooled = upper(torch.from_numpy(encoder.halfway(tokens))[None]).mean(1)[0].numpy()
    assert np.allclose(pooled / np.linalg.norm(pooled), encoder.encode([text])[0], atol=1e-5)


def test_a_student_changes_the_layers_by_no_more_than_it_brings(encoder):
    own = encoder.upper_weights()
    assert {name: tuple(tensor.shape) for name, tensor in own.items()} == upper_shapes()
    changes = {name: torch.zeros(shape) for name, shape in adapter_shapes(2).items()}
    changes[f"{HALFWAY}.wider.up"][:, 0] = 1.0
    changes[f"{HALFWAY}.wider.down"][0, 5] = 0.25
    upper = UpperLayers()
    upper.put_in(own, changes)
    moved = upper.layers[str(HALFWAY)].wider.weight.detach() - own[f"{HALFWAY}.wider.weight"]
    assert torch.allclose(moved[:, 5], torch.full((len(moved),), 0.25), atol=1e-6)
    assert moved.abs().sum() == pytest.approx(0.25 * len(moved), rel=1e-4)
    assert torch.equal(upper.layers[str(HALFWAY)].query.weight, own[f"{HALFWAY}.query.weight"])


def test_an_encoder_of_before_says_that_its_upper_layers_are_missing(tmp_path):
    (tmp_path / "encoder.onnx").write_text("as it was before it had upper layers")
    with pytest.raises(EncoderMissing):
        TextEncoder(tmp_path).upper_weights()


@pytest.mark.slow
def test_the_export_agrees_with_torch_and_leaves_nothing_else_behind(tmp_path):
    export(tmp_path / "new")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(FILES)
