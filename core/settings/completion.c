#include "core/settings/help.h"

#include <string.h>

#include "core/base/banned.h"

/*
 * The completion scripts. All that they know is how their shell tells them what was typed and takes what is
 * offered: `extpool --complete` (core/settings/complete.h) says what that is.
 */

/* bash breaks words at '=' and ':', so the program is given the line as it was typed. What ends in one of
   these is typed on. */
static const char s_bash[] =
    "# bash completion for extpool: source <(extpool --completion bash)\n"
    "_extpool() {\n"
    "    local offer word files=\n"
    "    local current=${COMP_WORDS[COMP_CWORD]}\n"
    "    [[ $current == [=:] ]] && current=\n"
    "    COMPREPLY=()\n"
    "    while IFS= read -r offer; do\n"
    "        if [[ $offer == ':files '* ]]; then\n"
    "            files=yes\n"
    "        else\n"
    "            printf -v word %q \"$offer\"\n"
    "            COMPREPLY+=(\"$word\")\n"
    "        fi\n"
    "    done < <(\"$1\" --complete bash -- \"${COMP_LINE:0:COMP_POINT}\" \"$COMP_WORDBREAKS\" "
    "2>/dev/null)\n"
    "    if [[ $files ]]; then\n"
    "        (( ${#COMPREPLY[@]} )) || compopt -o filenames\n"
    "        while IFS= read -r offer; do\n"
    "            COMPREPLY+=(\"$offer\")\n"
    "        done < <(compgen -f -- \"$current\")\n"
    "    fi\n"
    "    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=:] ]] && compopt -o nospace\n"
    "    return 0\n"
    "}\n"
    "complete -F _extpool extpool\n";

static const char s_zsh[] =
    "#compdef extpool\n"
    "# zsh completion for extpool: source <(extpool --completion zsh), or this text as\n"
    "# the file _extpool in a folder of $fpath\n"
    "_extpool() {\n"
    "    local -a offers shown open\n"
    "    local offer name before files=\n"
    "    while IFS= read -r offer; do\n"
    "        name=${offer%%$'\\t'*}\n"
    "        if [[ $offer == ':files '* ]]; then\n"
    "            files=yes before=${offer#:files }\n"
    "        elif [[ $name == *[=:] ]]; then\n"
    "            open+=(\"$name\")\n"
    "        else\n"
    "            offers+=(\"$name\")\n"
    "            [[ $offer == *$'\\t'* ]] && name+=\"  -- ${offer#*$'\\t'}\"\n"
    "            shown+=(\"$name\")\n"
    "        fi\n"
    "    done < <(${(Q)words[1]} --complete zsh -- \"${(@Q)words[2,CURRENT-1]}\" \"${(Q)PREFIX}\" "
    "2>/dev/null)\n"
    "    (( $#offers )) && compadd -l -d shown -a offers\n"
    "    (( $#open )) && compadd -S '' -a open\n"
    "    if [[ $files ]]; then\n"
    "        compset -P \"${(b)before}\"\n"
    "        _files\n"
    "    fi\n"
    "    return 0\n"
    "}\n"
    "if [[ $funcstack[1] == _extpool ]]; then\n"
    "    _extpool \"$@\"\n"
    "else\n"
    "    compdef _extpool extpool\n"
    "fi\n";

static const char s_fish[] =
    "# fish completion for extpool: extpool --completion fish | source, or this text as\n"
    "# ~/.config/fish/completions/extpool.fish\n"
    "function __extpool_offers\n"
    "    set -l words (commandline -opc)\n"
    "    set -l typed (commandline -ct)\n"
    "    set -l plain (string unescape -- \"$typed\" 2>/dev/null)\n"
    "    or set plain \"$typed\"\n"
    "    for offer in (command $words[1] --complete fish -- $words[2..-1] \"$plain\" 2>/dev/null)\n"
    "        if string match -q ':files *' -- $offer\n"
    "            set -l before (string sub -s 8 -- $offer)\n"
    "            set -l length (string length -- \"$before\")\n"
    "            for path in (__fish_complete_path (string sub -s (math 1 + $length) -- "
    "\"$plain\"))\n"
    "                printf '%s%s\\n' \"$before\" $path\n"
    "            end\n"
    "        else\n"
    "            printf '%s\\n' $offer\n"
    "        end\n"
    "    end\n"
    "end\n"
    "complete -c extpool -f -a '(__extpool_offers)'\n";

bool help_completion(const char *shell, struct buf *out)
{
    const char *script = strcmp(shell, "bash") == 0   ? s_bash
                         : strcmp(shell, "zsh") == 0  ? s_zsh
                         : strcmp(shell, "fish") == 0 ? s_fish
                                                      : NULL;
    if (script) {
        buf_puts(out, script);
    }
    return script != NULL;
}
