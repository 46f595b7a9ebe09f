# Takes the programs out of their packages, to where they start in any image that shows the runtime.
set -eu
cd /tmp/smile-build/node_modules
lib=/opt/smile/agent/lib
cli=/opt/smile/agent/cli
rm -rf @anthropic-ai/claude-code-*-musl @openai/codex-linux-*/vendor/*/codex-resources/voice

mkdir -p $cli/bin $cli/claude $cli/gemini $cli/node
cp @anthropic-ai/claude-code-linux-*/claude $cli/claude/
cp -R @openai/codex-linux-*/vendor/* $cli/codex  # needs no C library
cp -R @google/gemini-cli/bundle @google/gemini-cli/package.json $cli/gemini/
cp node-linux-*/bin/node $cli/node/

for program in $cli/claude/claude $cli/node/node; do
    ldd $program | sed -n 's/.* => \(\/[^ ]*\) (0x.*/\1/p' | while read -r library; do
        [ -e "$lib/${library##*/}" ] || cp -L "$library" $lib/
    done
done
# Node takes the runtime's C library. (claude would not survive a change of its search path.)
patchelf --set-interpreter $lib/loader --force-rpath --set-rpath $lib $cli/node/node

ln -s ../codex/bin/codex $cli/bin/codex
for program in claude gemini; do
    cp /tmp/smile-build/$program.sh $cli/bin/$program
    chmod 755 $cli/bin/$program
done
for program in claude codex gemini; do
    version=$($cli/bin/$program --version)
    echo "$program: $version"
done
