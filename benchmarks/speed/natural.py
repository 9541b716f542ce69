"""What the other linters are made for, of about the length of a deployment file: they would find nothing in ours."""

from __future__ import annotations

from random import Random

from benchmarks.speed.mixed import NAMES


def cloudformation(number: int, draw: Random) -> str:
    """A template for cfn-lint: a queue, its alarm and a bucket."""
    name = draw.choice(NAMES).capitalize()
    return f"""AWSTemplateFormatVersion: "2010-09-09"
Description: {name} {number}
Parameters:
  Environment:
    Type: String
    AllowedValues: [test, live]
Resources:
  {name}Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: {draw.randint(30, 900)}
      MessageRetentionPeriod: {draw.randint(60, 1209600)}
      Tags:
        - Key: environment
          Value: !Ref Environment
  {name}Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      VersioningConfiguration:
        Status: Enabled
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
  {name}Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      MetricName: ApproximateAgeOfOldestMessage
      Namespace: AWS/SQS
      Statistic: Maximum
      Period: 300
      EvaluationPeriods: {draw.randint(1, 5)}
      Threshold: {draw.randint(60, 3600)}
      ComparisonOperator: GreaterThanThreshold
      Dimensions:
        - Name: QueueName
          Value: !GetAtt {name}Queue.QueueName
"""


def workflow(number: int, draw: Random) -> str:
    """A workflow for zizmor: pinned, without credentials and with no permissions that it does not need."""
    steps = "".join(
        f"""      - name: {word}
        env:
          TARGET: ${{{{ matrix.target }}}}
        run: make {word} TARGET="$TARGET"
"""
        for word in draw.sample(NAMES, 5)
    )
    return f"""name: build {number}
on:
  push:
    branches: [main]
permissions: {{}}
concurrency:
  group: build-{number}-${{{{ github.ref }}}}
  cancel-in-progress: true
jobs:
  build:
    name: build
    runs-on: ubuntu-24.04
    permissions:
      contents: read
    timeout-minutes: {draw.randint(5, 60)}
    strategy:
      matrix:
        target: [one, two]
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683  # v4.2.2
        with:
          persist-credentials: false
{steps}"""


def interface(number: int, draw: Random) -> str:
    """An OpenAPI document for spectral."""
    paths = "".join(
        f"""  /{word}/{{id}}:
    get:
      operationId: get-{word}
      summary: One {word}
      description: What is known of one {word}.
      tags: [{word}]
      parameters:
        - {{name: id, in: path, required: true, schema: {{type: string}}}}
      responses:
        "200": {{description: The {word}}}
"""
        for word in draw.sample(NAMES, 3)
    )
    tags = "".join(f"  - {{name: {word}, description: All about {word}}}\n" for word in NAMES)
    return f"""openapi: 3.1.0
info:
  title: Interface {number}
  description: What the services say to each other.
  version: 1.{draw.randint(0, 40)}.0
  contact: {{name: Platform, url: "https://example.com", email: platform@example.com}}
servers:
  - url: https://api.example.com
tags:
{tags}paths:
{paths}"""


def module(number: int, draw: Random) -> str:
    """A Python module for ruff."""
    functions = "".join(
        f'''

def {word}(amounts: list[int], floor: int = {draw.randint(1, 99)}) -> int:
    """Sum of what exceeds the floor."""
    total = 0
    for amount in amounts:
        if amount > floor:
            total += amount - floor
    return total
'''
        for word in draw.sample(NAMES, 4)
    )
    return f'"""Sums, part {number}."""\n\nfrom __future__ import annotations\n{functions}'


RULES_OF_SPECTRAL = "extends: [spectral:oas]\n"
