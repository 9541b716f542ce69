#!/bin/sh
vllm serve Qwen/Qwen3-1.7B "$@"
