"""The YAML of an infrastructure repository, most of which is no business of llmlint's.

Of every twenty files one serves a model: a native deployment, a Compose file or a Kubernetes object. Around them lies
what such repositories are full of. Nothing is wrong in any of them.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.speed.native import configuration, deployment

OURS_IN = 20
"""One file of so many serves a model."""
NAMES = ("billing", "catalogue", "checkout", "identity", "ledger", "mail", "orders", "search", "stock", "web")
SERVED = ("Qwen/Qwen3-8B", "Qwen/Qwen2.5-7B-Instruct", "mistralai/Mistral-7B-Instruct-v0.3", "Qwen/Qwen3-4B")


def file(number: int, draw: Random) -> tuple[str, str]:
    """The path below the repository, and the text, of one file."""
    team = f"team-{number // 100:03}"
    if number % OURS_IN == 0:
        kind: Callable[[int, Random], str] = OURS[number // OURS_IN % len(OURS)]
    else:
        kind = draw.choice(OTHERS)
    return f"{team}/{FOLDERS[kind].format(number)}", kind(number, draw)


def served_natively(number: int, draw: Random) -> str:
    """A native deployment file with a configuration of its own."""
    return deployment(number, configuration(draw), draw)


def served_by_compose(number: int, draw: Random) -> str:
    """vLLM in a Compose file, with all that llmlint would ask for."""
    return f"""# llmlint: machine=rtx4090*2 ram=64GB
services:
  chat-{number}:
    image: vllm/vllm-openai:v0.33.0
    command:
      - --model={draw.choice(SERVED)}
      - --max-model-len={draw.choice((2048, 4096, 8192))}
      - --tensor-parallel-size=2
    environment:
      HF_TOKEN: ${{HF_TOKEN:?set it in .env}}
      VLLM_API_KEY: ${{VLLM_API_KEY:?set it in .env}}
    volumes:
      - models:/root/.cache/huggingface
    ipc: host
    ports: ["127.0.0.1:{draw.randint(8000, 8999)}:8000"]
    restart: unless-stopped
    healthcheck:
      test: [CMD, curl, -f, http://localhost:8000/health]
      interval: 30s
      start_period: 10m
    deploy:
      resources:
        reservations:
          devices: [{{driver: nvidia, count: 2, capabilities: [gpu]}}]
volumes:
  models:
"""


def served_by_kubernetes(number: int, draw: Random) -> str:
    """vLLM in a Deployment whose pods are probed, bounded and keep their models."""
    name = f"chat-{number}"
    return f"""# llmlint: machine=h100-sxm ram=256GB
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels: {{app: {name}}}
spec:
  replicas: 1
  strategy: {{type: Recreate}}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata:
      labels: {{app: {name}}}
    spec:
      enableServiceLinks: false
      containers:
        - name: vllm
          image: vllm/vllm-openai:v0.33.0
          args:
            - --model={draw.choice(SERVED)}
            - --max-model-len={draw.choice((4096, 8192, 16384))}
          env:
            - {{name: HF_TOKEN, valueFrom: {{secretKeyRef: {{name: hub, key: token}}}}}}
            - {{name: VLLM_API_KEY, valueFrom: {{secretKeyRef: {{name: api, key: key}}}}}}
          ports: [{{containerPort: 8000}}]
          resources:
            requests: {{cpu: "8", memory: 64Gi, nvidia.com/gpu: "1"}}
            limits: {{memory: 64Gi, nvidia.com/gpu: "1"}}
          startupProbe: {{httpGet: {{path: /health, port: 8000}}, periodSeconds: 10, failureThreshold: 180}}
          readinessProbe: {{httpGet: {{path: /health, port: 8000}}, periodSeconds: 10}}
          livenessProbe: {{httpGet: {{path: /health, port: 8000}}, periodSeconds: 30, failureThreshold: 5}}
          volumeMounts:
            - {{name: models, mountPath: /root/.cache/huggingface}}
            - {{name: shm, mountPath: /dev/shm}}
      volumes:
        - {{name: models, persistentVolumeClaim: {{claimName: models}}}}
        - {{name: shm, emptyDir: {{medium: Memory, sizeLimit: 8Gi}}}}
"""


def web_deployment(number: int, draw: Random) -> str:
    name = f"{draw.choice(NAMES)}-{number}"
    return f"""apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    app: {name}
    tier: {draw.choice(("frontend", "backend", "batch"))}
spec:
  replicas: {draw.randint(1, 9)}
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      containers:
        - name: web
          image: registry.example.com/{name}:1.{draw.randint(0, 40)}.0
          ports:
            - containerPort: 8080
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{cpu: 500m, memory: 256Mi}}
          livenessProbe:
            httpGet: {{path: /healthz, port: 8080}}
            periodSeconds: {draw.choice((5, 10, 30))}
---
apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector:
    app: {name}
  ports:
    - port: 80
      targetPort: 8080
"""


def config_map(number: int, draw: Random) -> str:
    settings = "".join(
        f"    feature.{word}.enabled={draw.choice(('true', 'false'))}\n    feature.{word}.share={draw.randint(1, 99)}\n"
        for word in NAMES
    )
    return f"""apiVersion: v1
kind: ConfigMap
metadata:
  name: settings-{number}
  namespace: {draw.choice(NAMES)}
data:
  log.level: {draw.choice(("debug", "info", "warn"))}
  pool.size: "{draw.randint(4, 64)}"
  application.properties: |
{settings}"""


def databases(number: int, draw: Random) -> str:
    return f"""services:
  database:
    image: postgres:1{draw.randint(4, 7)}
    environment:
      POSTGRES_DB: {draw.choice(NAMES)}
      POSTGRES_PASSWORD: ${{POSTGRES_PASSWORD:?}}
    volumes:
      - data:/var/lib/postgresql/data
    healthcheck:
      test: [CMD-SHELL, pg_isready -U postgres]
      interval: 10s
      retries: {draw.randint(3, 9)}
  cache:
    image: redis:7.{draw.randint(0, 4)}
    command: [redis-server, --maxmemory, {draw.choice((64, 128, 256))}mb]
  web:
    image: registry.example.com/web:{number}
    depends_on:
      database: {{condition: service_healthy}}
      cache: {{condition: service_started}}
    ports:
      - "{draw.randint(8000, 8999)}:80"
volumes:
  data:
"""


def workflow(number: int, draw: Random) -> str:
    return f"""name: build {number}
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: {draw.choice((10, 20, 30))}
    strategy:
      matrix:
        python: ["3.11", "3.12", "3.13"]
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: ${{{{ matrix.python }}}}
      - run: pip install -e '.[dev]'
      - name: test {draw.choice(NAMES)}
        run: |
          pytest -q tests/{draw.choice(NAMES)}
          coverage report --fail-under={draw.randint(70, 95)}
"""


def playbook(number: int, draw: Random) -> str:
    return f"""- name: hosts of {draw.choice(NAMES)} {number}
  hosts: {draw.choice(NAMES)}
  become: true
  vars:
    release: 1.{draw.randint(0, 40)}.0
  tasks:
    - name: packages
      ansible.builtin.apt:
        name:
          - nginx
          - chrony
          - {draw.choice(("htop", "jq", "tmux"))}
        state: present
        update_cache: true
    - name: configuration
      ansible.builtin.template:
        src: nginx.conf.j2
        dest: /etc/nginx/nginx.conf
        owner: root
        mode: "0644"
      notify: reload
    - name: directory
      ansible.builtin.file:
        path: /srv/{draw.choice(NAMES)}
        state: directory
        mode: "0755"
  handlers:
    - name: reload
      ansible.builtin.service:
        name: nginx
        state: reloaded
"""


def chart_values(number: int, draw: Random) -> str:
    return f"""replicaCount: {draw.randint(1, 9)}
image:
  repository: registry.example.com/{draw.choice(NAMES)}
  tag: 1.{number}.0
  pullPolicy: IfNotPresent
imagePullSecrets: []
serviceAccount:
  create: true
  annotations: {{}}
service:
  type: ClusterIP
  port: {draw.choice((80, 8080, 9000))}
ingress:
  enabled: {draw.choice(("true", "false"))}
  className: nginx
  hosts:
    - host: {draw.choice(NAMES)}.example.com
      paths:
        - path: /
          pathType: Prefix
  tls: []
resources:
  requests:
    cpu: {draw.choice((100, 200, 500))}m
    memory: {draw.choice((128, 256, 512))}Mi
autoscaling:
  enabled: true
  minReplicas: 1
  maxReplicas: {draw.randint(3, 30)}
  targetCPUUtilizationPercentage: 80
nodeSelector: {{}}
tolerations: []
affinity: {{}}
"""


def alerts(number: int, draw: Random) -> str:
    rules = "".join(
        f"""    - alert: {word.capitalize()}Slow
      expr: histogram_quantile(0.9{draw.randint(0, 9)}, rate({word}_seconds_bucket[5m])) > {draw.randint(1, 9)}
      for: {draw.choice((5, 10, 15))}m
      labels: {{severity: {draw.choice(("page", "ticket"))}}}
      annotations:
        summary: "{word} answers slowly"
"""
        for word in draw.sample(NAMES, 5)
    )
    return f"""groups:
- name: latency-{number}
  interval: 30s
  rules:
{rules}"""


def interface(number: int, draw: Random) -> str:
    paths = "".join(
        f"""  /{word}/{{id}}:
    get:
      operationId: get-{word}
      parameters:
        - {{name: id, in: path, required: true, schema: {{type: string}}}}
      responses:
        "200": {{description: the {word}}}
        "404": {{description: no such {word}}}
"""
        for word in draw.sample(NAMES, 5)
    )
    return f"""openapi: 3.1.0
info:
  title: {draw.choice(NAMES)} {number}
  version: 1.{draw.randint(0, 40)}.0
servers:
  - url: https://api.example.com
paths:
{paths}"""


def kustomization(number: int, draw: Random) -> str:
    resources = "".join(f"  - {word}.yaml\n" for word in draw.sample(NAMES, 6))
    return f"""apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: {draw.choice(NAMES)}-{number}
labels:
  - pairs: {{team: {draw.choice(NAMES)}}}
resources:
{resources}images:
  - name: registry.example.com/web
    newTag: 1.{draw.randint(0, 40)}.0
replicas:
  - name: web
    count: {draw.randint(1, 9)}
"""


OURS = (served_natively, served_by_compose, served_by_kubernetes)
OTHERS = (
    web_deployment,
    web_deployment,
    config_map,
    databases,
    workflow,
    playbook,
    chart_values,
    alerts,
    interface,
    kustomization,
)
FOLDERS: dict[Callable[[int, Random], str], str] = {
    served_natively: "models/deployment-{}.yaml",
    served_by_compose: "compose-{}/compose.yaml",
    served_by_kubernetes: "kubernetes/chat-{}.yaml",
    web_deployment: "kubernetes/web-{}.yaml",
    config_map: "kubernetes/settings-{}.yaml",
    databases: "compose-{}/compose.yaml",
    workflow: "workflows/build-{}.yaml",
    playbook: "playbooks/hosts-{}.yaml",
    chart_values: "charts/values-{}.yaml",
    alerts: "monitoring/alerts-{}.yaml",
    interface: "interfaces/openapi-{}.yaml",
    kustomization: "overlays/kustomization-{}.yaml",
}
"""Where each kind of file lies; the number makes its name, or that of its folder, its own."""
