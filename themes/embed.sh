#!/bin/sh
# Turns theme files into the array that tui/terminal/theme.h declares: embed.sh FILE.theme ... > themes.c
set -eu
export LC_ALL=C
printf '#include "tui/terminal/theme.h"\n\nconst struct theme_source theme_sources[] = {\n'
for file in "$@"; do
    name=${file##*/}
    printf '    {"%s",\n' "${name%.theme}"
    sed -e 's/[\\"]/\\&/g' -e 's/	/\\t/g' -e 's/.*/     "&\\n"/' "$file"
    printf '    },\n'
done
printf '    {0, 0},\n};\n'
