"""Each vendor's inputs are taken or refused exactly as documented."""

import base64
import io
from typing import Any

import PIL.Image
import pytest

from tests.simulator.vendors import FLEX, Vendors


def png(width: int, height: int) -> str:
    out = io.BytesIO()
    PIL.Image.new("RGB", (width, height), "red").save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


FAL_REFUSED = [
    ("flux-2-flex", {"guidance_scale": 1.4}, "greater_than_equal"),
    ("flux-2-flex", {"guidance_scale": 10.1}, "less_than_equal"),
    ("flux-2-flex", {"num_inference_steps": 1}, "greater_than_equal"),
    ("flux-2-flex", {"num_inference_steps": 51}, "less_than_equal"),
    ("flux-2-flex", {"safety_tolerance": 2}, "literal_error"),
    ("flux-2-flex", {"safety_tolerance": "6"}, "literal_error"),
    ("flux-2-flex", {"output_format": "webp"}, "literal_error"),
    ("flux-2-flex", {"num_images": 2}, "extra_forbidden"),
    ("flux-2-flex", {"seed": "1"}, "int_type"),
    ("flux-2-flex", {"image_size": {"width": 4000, "height": 2000}}, "image_too_large"),
    ("flux-2-flex/edit", {}, "missing"),
    ("flux-2-flex/edit", {"image_urls": [png(8, 8)] * 9}, "too_long"),
    ("flux-2-flex/edit", {"image_urls": ["data:image/png;base64,eA=="]}, "image_load_error"),
    ("flux-2-flex/edit", {"image_urls": ["http://127.0.0.1:9/x.png"]}, "file_download_error"),
    ("flux-2-pro", {"guidance_scale": 3.5}, "extra_forbidden"),
    ("flux-2-max", {"num_inference_steps": 28}, "extra_forbidden"),
    ("flux-2/turbo", {"safety_tolerance": "2"}, "extra_forbidden"),
    ("flux-2/turbo", {"image_size": {"width": 496, "height": 512}}, "image_too_small"),
    ("flux-2/turbo", {"image_size": {"width": 2064, "height": 512}}, "image_too_large"),
    ("flux-2/turbo", {"num_images": 5}, "less_than_equal"),
]


@pytest.mark.parametrize(("model", "given", "kind"), FAL_REFUSED)
def test_fal_refuses(vendors: Vendors, model: str, given: dict[str, Any], kind: str) -> None:
    answer = vendors.queue(f"fal-ai/{model}", **given)
    assert answer.status_code == 422
    assert kind in {item["type"] for item in answer.json()["detail"]}
    assert answer.headers["x-fal-billable-units"] == "0"


@pytest.mark.parametrize(
    ("model", "given", "size"),
    [
        ("flux-2-flex", {}, (1024, 768)),
        ("flux-2-flex", {"image_size": "portrait_16_9"}, (576, 1024)),
        ("flux-2-pro", {"image_size": {"width": 4096, "height": 4096}}, (4096, 4096)),
        ("flux-2/turbo", {"output_format": "webp"}, (1024, 768)),
        ("flux-2/turbo/edit", {"image_urls": [png(64, 64)] * 5}, (1024, 1024)),
        ("flux-2-flex/edit", {"image_urls": [png(640, 320)]}, (640, 320)),
        ("flux-2-max", {"image_size": {"width": 1080, "height": 1350}}, (1088, 1344)),
    ],
)
def test_fal_takes(
    vendors: Vendors, model: str, given: dict[str, Any], size: tuple[int, int]
) -> None:
    made = vendors.queue(f"fal-ai/{model}", **given).json()
    image = vendors.fal.get(made["response_url"]).json()["images"][0]
    assert (image["width"], image["height"]) == size


@pytest.mark.parametrize(
    ("model", "given", "where"),
    [
        ("flux-2-flex", {"safety_tolerance": "2"}, "safety_tolerance"),
        ("flux-2-flex", {"safety_tolerance": 6}, "safety_tolerance"),
        ("flux-2-flex", {"guidance": 1.4}, "guidance"),
        ("flux-2-flex", {"steps": 51}, "steps"),
        ("flux-2-flex", {"width": 63}, "width"),
        ("flux-2-flex", {"input_image": "no image"}, "input_image"),
        ("flux-2-pro", {"guidance": 5}, "guidance"),
        ("flux-2-pro", {"prompt_upsampling": False}, "prompt_upsampling"),
        ("flux-2-max", {"steps": 28}, "steps"),
        ("flux-2-klein-9b", {"input_image_5": png(8, 8)}, "input_image_5"),
        ("flux-2-flex", {"output_format": "gif"}, "output_format"),
    ],
)
def test_bfl_refuses(vendors: Vendors, model: str, given: dict[str, Any], where: str) -> None:
    answer = vendors.bfl.post(f"/bfl/v1/{model}", json={"prompt": "a"} | given)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][:2] == ["body", where]


@pytest.mark.parametrize(
    ("model", "given"),
    [
        ("flux-2-flex", {"steps": 1, "guidance": 1.5, "prompt_upsampling": False}),
        ("flux-2-flex", {"input_image": png(8, 8), "input_image_8": png(8, 8)}),
        ("flux-2-pro-preview", {"output_format": "webp"}),
        ("flux-2-klein-4b", {"input_image_4": png(8, 8).partition(",")[2]}),
    ],
)
def test_bfl_takes(vendors: Vendors, model: str, given: dict[str, Any]) -> None:
    assert vendors.poll(vendors.task(model=model, **given))["status"] == "Ready"


def test_runflow_refuses_in_its_own_envelope(vendors: Vendors) -> None:
    path = FLEX.replace("flex", "pro")
    answer = vendors.runflow.post(path, json={"input": {"prompt": "a", "guidance_scale": 3.5}})
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    assert answer.json()["errors"][0]["loc"] == ["body", "guidance_scale"]


def test_runflow_refuses_a_field_beside_the_input(vendors: Vendors) -> None:
    answer = vendors.runflow.post(FLEX, json={"input": {"prompt": "a"}, "model": "flux-2-flex"})
    assert answer.status_code == 422
    assert vendors.runflow.post(FLEX, content=b"{").status_code == 400
