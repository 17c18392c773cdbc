#!/usr/bin/env bash
# count-tests.sh [DIRECTORY]: sums up the reports of tests below the directory: each test skipped with its reason, then
# "N passed, N failed, N skipped". Exits non-zero where a test failed or none ran.
# shellcheck disable=SC2016 # the dollars are awk's
find "${1:-.}" -path '*/target/*-reports/TEST-*.xml' |
  sort | xargs -r awk '
  function attribute(name,   rest) {
    rest = $0
    if (!sub(".*[ \t]" name "=\"", "", rest)) return ""
    sub(/".*/, "", rest)
    gsub(/&quot;/, "\"", rest); gsub(/&apos;/, "\047", rest); gsub(/&#10;/, " ", rest)
    gsub(/&lt;/, "<", rest); gsub(/&gt;/, ">", rest); gsub(/&amp;/, "\\&", rest)
    return rest
  }
  /<testsuite[ \t>]/ {
    tests += attribute("tests"); skipped += attribute("skipped")
    failed += attribute("failures") + attribute("errors")
  }
  /<testcase[ \t]/ { test = attribute("classname") "." attribute("name") }
  /<skipped/ {
    reason = attribute("message")
    if (reason == "" && match($0, /<!\[CDATA\[/)) reason = substr($0, RSTART + RLENGTH)
    sub(/\]\]>.*/, "", reason); sub(/^[a-zA-Z0-9_.]*TestAbortedException: /, "", reason)
    print "skipped: " test ": " reason
  }
  END {
    printf "%d passed, %d failed, %d skipped\n", tests - failed - skipped, failed, skipped
    exit failed > 0 || tests - skipped == 0
  }'
