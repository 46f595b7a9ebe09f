"""The orchestrator's HTTP API and WebSocket."""
