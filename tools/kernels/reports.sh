# shellcheck shell=bash
# What came back from the kernels of .ci/kernels: ordinary test reports, and a table; to be sourced.

# report NAME RUN: the report of a run, named for its kernel; of one that brought none, a report that says so.
report() {
  local from=target/kernels/$1/results/$2 title
  title=$(title "$1" "$2")
  if grep -qs '</testsuite>' "$from/TEST-junit-jupiter.xml"; then
    sed -e "s/<testsuite name=\"[^\"]*\"/<testsuite name=\"$title\"/" -e "s/ classname=\"/&[$title] /" \
      "$from/TEST-junit-jupiter.xml" >"$(report_file "$1" "$2")"
  else
    { cat "target/kernels/$1/failure" || tail -n 20 "$from/output" || tail -n 20 "target/kernels/$1/console"; } \
      2>/dev/null | failed_report "$title" >"$(report_file "$1" "$2")"
  fi
}

# report_ways RUN-OF-KERNEL…: holds that each way of the catalogue was taken by some run (NAME/results/RUN). A function
# within the kernel that none of the kernels has is the exception.
report_ways() {
  local tried=() run
  for run in "$@"; do
    [ ! -e "target/kernels/$run/doctor.json" ] || tried+=("target/kernels/$run/doctor.json")
  done
  jq -s -r '[.[].hooks[]?] as $all
    | ($all | map(select(.attached) | "\(.event) by \(.way)") | unique) as $taken
    | ($all | group_by(.event) | map(select((.[0].inner | not) or any(.attached))) | flatten) as $there
    | ($taken + ($there | map(.event as $event | .not_taken[]?.way, .not_tried[]? | "\($event) by \(.)")) | unique[])
    | [., if IN($taken[]) then "taken" else "never" end] | @tsv' "${tried[@]}" 2>/dev/null </dev/null |
    awk -F '\t' '
      { cases = cases sprintf("  <testcase classname=\"[all kernels] ways\" name=\"%s\">", $1); tests++ }
      $2 == "never" { cases = cases "<failure message=\"taken on no kernel\"/>"; failures++; print $1 >"/dev/stderr" }
      { cases = cases "</testcase>\n" }
      END { printf "<testsuite name=\"ways\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"0\">\n%s</testsuite>\n",
              tests, failures, cases }' >target/kernel-reports/TEST-ways.xml 2>target/kernels/never
  sed 's/^/taken on no kernel: /' target/kernels/never
}

# print_kernel NAME RUN…: a table of one kernel: each event by its way, a column a run, and the tests.
print_kernel() {
  local name=$1 run from
  shift
  for run in "$@"; do
    from=target/kernels/$name/results/$run
    printf '%s\t%s\n' "$name $(cat "$from/release" 2>/dev/null)" "$(without "$run")"
    jq -r 'if .failure then "no kernel events: \(.failure)" else empty end' "$from/doctor.json" 2>/dev/null \
      >>"target/kernels/$name/failure"
    jq -r '.hooks[]? | [.event, .way // "absent"] | @tsv' "$from/doctor.json" 2>/dev/null
    printf 'tests\t%s\n' "$(counts "$(report_file "$name" "$run")")"
  done | awk -F '\t' '
    !($1 in row) { row[$1] = ++rows; label[rows] = $1 }
    row[$1] == 1 { column++ }
    { cell[row[$1], column] = $2; if (length($2) > width[column]) width[column] = length($2) }
    function line(i,   c) {
      printf "%-36s", label[i]
      for (c = 1; c <= column; c++) printf "  %-*s", width[c], cell[i, c]
      print ""
    }
    END {
      for (i = 1; i <= rows; i++) if (label[i] != "tests") line(i)
      line(row["tests"])
    }'
  sort -u "target/kernels/$name/failure" 2>/dev/null | cut -c1-200
  echo
}

# title NAME RUN: how a report names them.
title() {
  case $2 in
    *:*) echo "$1 without ${2#*:}" ;;
    records) echo "$1 records" ;;
    *) echo "$1" ;;
  esac
}

without() {
  case $1 in
    *:*) echo "without ${1#*:}" ;;
    records) echo "each way" ;;
    *) echo "all ways" ;;
  esac
}

report_file() {
  echo "target/kernel-reports/TEST-$1-${2//[:,]/-}.xml"
}

# counts REPORT: "N of N".
counts() {
  sed -n 's/.*<testsuite .* tests="\([0-9]*\)" skipped="\([0-9]*\)" failures="\([0-9]*\)" errors="\([0-9]*\)".*/\1 \2 \3 \4/p' \
    "$1" | { read -r tests skipped failures errors && echo "$((tests - skipped - failures - errors)) of $tests"; }
}

# failed_report TITLE: one failed test, with what stdin says of it.
failed_report() {
  echo "<testsuite name=\"$1\" tests=\"1\" skipped=\"0\" failures=\"1\" errors=\"0\">"
  echo "<testcase classname=\"[$1] kernel\" name=\"brings results\"><failure message=\"none came\">"
  tr -d '\000-\010\013-\037' | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'
  echo "</failure></testcase></testsuite>"
}
