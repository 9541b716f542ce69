"""The largest manifests that one file is likely to be: a rendered chart, and a Compose file of a hundred services."""

from __future__ import annotations

from random import Random

from benchmarks.speed.mixed import NAMES, SERVED, config_map, served_by_kubernetes, web_deployment

RENDERED_LINES = 5_000
SERVICES = 100
SERVING = 13
"""One object or service of so many serves a model: of a hundred services eight, one for each GPU of the machine."""


def rendered_chart(draw: Random) -> str:
    """What `helm template` prints for a platform: a resource definition, then Deployments, Services and ConfigMaps."""
    documents = [_resource_definition(draw)]
    lines = documents[0].count("\n")
    while lines < RENDERED_LINES:
        number = len(documents)
        kind = served_by_kubernetes if number % SERVING == 0 else draw.choice((web_deployment, config_map))
        documents.append(f"# Source: platform/templates/object-{number}.yaml\n{kind(number, draw)}")
        lines += documents[-1].count("\n") + 1
    return "---\n".join(documents)


def _resource_definition(draw: Random) -> str:
    """A CustomResourceDefinition: the deep and long part of most rendered charts."""
    fields = "".join(_field(f"{word}{number}", draw) for number in range(18) for word in NAMES)
    return f"""apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: platforms.example.com
spec:
  group: example.com
  scope: Namespaced
  names: {{kind: Platform, plural: platforms}}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
{fields}"""


def _field(name: str, draw: Random) -> str:
    indent = " " * 16
    return (
        f"{indent}{name}:\n"
        f"{indent}  description: How the {name} of a platform is chosen, and what happens where it is left out.\n"
        f"{indent}  type: array\n"
        f"{indent}  maxItems: {draw.randint(1, 99)}\n"
        f"{indent}  items:\n"
        f"{indent}    type: object\n"
        f"{indent}    properties:\n"
        f"{indent}      name: {{type: string, maxLength: 63}}\n"
        f"{indent}      weight: {{type: integer, minimum: 0}}\n"
        f"{indent}    required: [name]\n"
    )


def compose_of_services(draw: Random) -> str:
    """A hundred services, eight of which serve a model each on a GPU of its own."""
    services = "".join(
        _chat(number, draw) if number % SERVING == 0 else _web(number, draw) for number in range(SERVICES)
    )
    return f"# llmlint: machine=h100-sxm*8 ram=1TB\nservices:\n{services}volumes:\n  models:\n"


def _chat(number: int, draw: Random) -> str:
    return f"""  chat-{number}:
    image: vllm/vllm-openai:v0.33.0
    command: --model={draw.choice(SERVED)} --max-model-len={draw.choice((4096, 8192))}
    environment:
      HF_TOKEN: ${{HF_TOKEN:?set it in .env}}
      VLLM_API_KEY: ${{VLLM_API_KEY:?set it in .env}}
    volumes:
      - models:/root/.cache/huggingface
    ipc: host
    restart: unless-stopped
    healthcheck:
      test: [CMD, curl, -f, http://localhost:8000/health]
      interval: 30s
      start_period: 10m
    deploy:
      resources:
        reservations:
          devices: [{{driver: nvidia, device_ids: ["{number // SERVING}"], capabilities: [gpu]}}]
"""


def _web(number: int, draw: Random) -> str:
    return f"""  {draw.choice(NAMES)}-{number}:
    image: registry.example.com/{draw.choice(NAMES)}:1.{draw.randint(0, 40)}.0
    environment:
      LOG_LEVEL: {draw.choice(("debug", "info", "warning"))}
      WORKERS: "{draw.randint(1, 16)}"
    restart: unless-stopped
    healthcheck:
      test: [CMD, curl, -f, http://localhost:8080/healthz]
      interval: {draw.choice((10, 20, 30))}s
    deploy:
      resources:
        limits: {{cpus: "{draw.randint(1, 4)}", memory: {draw.choice((256, 512, 1024))}M}}
"""
