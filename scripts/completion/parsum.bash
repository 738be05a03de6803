# Completion of parsum for bash. Options and their values come from parsum --help=all, so they are
# those of the program that is there.

_parsum() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local help option value=
    help=$("${COMP_WORDS[0]/#~\//$HOME/}" --help=all 2>/dev/null) || return

    # The value of an option; bash takes "=" for a word of its own.
    option=$before
    if [ "$before" = = ]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    elif [ "$word" = = ]; then
        option=$before word=
    fi
    case $option in
        -?) value=$(sed -n "s/^  $option, --[a-z-]*=\([^] ]*\).*/\1/p" <<<"$help") ;;
        --*) value=$(sed -n "s/^  \(-., \|    \)$option\[\{0,1\}=\([^] ]*\).*/\2/p" <<<"$help") ;;
    esac
    case $value in
        '') ;;
        *FILE*) mapfile -t COMPREPLY < <(compgen -f -- "$word"); compopt -o filenames; return ;;
        *) # words in small letters; nobody can guess a number or a text, such as the N of N|job
            mapfile -t COMPREPLY < <(compgen -W "$(tr '|' '\n' <<<"$value" | grep -v '[A-Z]')" -- "$word")
            return ;;
    esac

    case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "$(sed -n \
            's/^  \(-., \|    \)\(--[a-z-]*=\{0,1\}\).*/\2/p' <<<"$help")" -- "$word")
            [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace ;;
    esac
}

complete -F _parsum parsum
