# Completion of parsum for bash. Options and their values come from parsum --help=all, so they are
# those of the program that is there.

_parsum() {
    local word=${COMP_WORDS[COMP_CWORD]} help option name='' value=''
    local -i at=COMP_CWORD-1
    help=$("${COMP_WORDS[0]/#~\//$HOME/}" --help=all 2>/dev/null) || return

    # The value of an option; bash takes "=" for a word of its own, also within NAME=FILE.
    [ "$word" = = ] && at=COMP_CWORD word=
    option=${COMP_WORDS[at]}
    [ "$option" = = ] && option=${COMP_WORDS[at - 1]}
    if [ "${COMP_WORDS[at]}" = = ] && [[ $option != -* ]] && ((at > 2)); then
        name=$option option=${COMP_WORDS[at - 2]}
        [ "$option" = = ] && option=${COMP_WORDS[at - 3]}
    fi
    case $option in
        -?) value=$(sed -n "s/^  $option, --[a-z-]*=\([^] ]*\).*/\1/p" <<<"$help") ;;
        --*) value=$(sed -n "s/^  \(-., \|    \)$option\[\{0,1\}=\([^] ]*\).*/\2/p" <<<"$help") ;;
    esac
    case $name:$value in
        :NAME=*) return ;; # nobody can guess a name
        :*) ;;
        *:NAME=*) value=${value#NAME=} ;;
        *) return ;;
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
