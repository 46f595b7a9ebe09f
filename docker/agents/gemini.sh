#!/bin/sh
exec /opt/smile/agent/cli/node/node /opt/smile/agent/cli/gemini/bundle/gemini.js "$@"
