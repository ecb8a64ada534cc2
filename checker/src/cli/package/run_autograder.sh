#!/bin/sh
# Grades what Gradescope has put into /autograder/submission.
#
# The workbook gives up root before it builds or runs anything, and only root may write results. There is always a
# results.json: without a score in it, Gradescope says that the autograder failed, and nobody gets points for that.
set -u
umask 077
base=${AUTOGRADER:-/autograder}
source=$base/source
results=$base/results
draft=$results/.draft

mkdir -p "$results"
rm -rf "$results/results.json" "$draft"
user=
if [ "$(id -u)" -eq 0 ]; then
    user=$(id -u workbook 2>/dev/null || echo 65534)
    chmod 0700 "$results"
    chmod -R go-rwx "$base/submission" "$base/submission_metadata.json" "$source/policy.toml" 2>/dev/null
fi

export RUSTUP_HOME=/opt/rust PATH="/opt/rust/bin:$PATH"
set -- --course "$source/course" package run --lesson @LESSON@ --visibility @VISIBILITY@ \
    --submission "$base/submission" --metadata "$base/submission_metadata.json"
[ ! -f "$source/policy.toml" ] || set -- "$@" --policy "$source/policy.toml"
[ -z "$user" ] || set -- "$@" --user "$user"

# Gradescope ends a container after ten minutes, and then there would be no words at all.
cd /
timeout -k 10 "${AUTOGRADER_SECONDS:-540}" "$source/workbook" "$@" </dev/null >"$draft"
code=$?
if [ "$code" -ne 0 ] || [ ! -s "$draft" ]; then
    echo "the workbook ended with exit code $code" >&2
    cat >"$draft" <<'END'
{
  "output": "Grading ended before there was a result, so there is no score. A program that ends or stops other processes can be the cause, and so can the machine. If yours does nothing of that kind, hand it in again, or tell your instructor.",
  "output_format": "text",
  "stdout_visibility": "hidden"
}
END
fi
mv "$draft" "$results/results.json"
