# bash completion for exifnorm; a test holds the options against --help.
_exifnorm()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} option
    COMPREPLY=()
    # bash takes '=' for a word of its own
    if [[ $word == = ]]; then
        option=$before word=
    elif [[ $before == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    else
        option=$before
    fi
    case $option in
    --mode)
        mapfile -t COMPREPLY < <(compgen -W 'bake drop' -- "$word")
        return
        ;;
    --edges)
        mapfile -t COMPREPLY < <(compgen -W 'requantize refuse' -- "$word")
        return
        ;;
    --quality)
        mapfile -t COMPREPLY < <(compgen -W 'same high' -- "$word")
        return
        ;;
    --secondary)
        mapfile -t COMPREPLY < <(compgen -W 'turn drop' -- "$word")
        return
        ;;
    --on-error)
        mapfile -t COMPREPLY < <(compgen -W 'skip keep stop' -- "$word")
        return
        ;;
    --write)
        mapfile -t COMPREPLY < <(compgen -W 'atomic direct' -- "$word")
        return
        ;;
    --max-memory)
        mapfile -t COMPREPLY < <(compgen -W '512M 1G 2G 4G' -- "$word")
        return
        ;;
    --png-level)
        mapfile -t COMPREPLY < <(compgen -W '1 2 3 4 5 6 7 8 9 10 11 12' -- "$word")
        return
        ;;
    --max-pixels | --shard | --jobs | --timeout | -j)
        return
        ;;
    esac
    if [[ $word == -* && $option != --report && $option != --files-from &&
        $option != --state ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--check --mode= --strict --allow-unsupported
            --tar --on-error= --overwrite --edges= --quality= --png-level= --secondary= --max-memory= --max-pixels= --verify --durable
            --write= --dry-run --link --report= --files-from= --null --shard= --resume --state=
            --jobs= --timeout= --no-sandbox --quiet --verbose --help --version -0 -j -q -v -h -V' -- "$word")
        [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null
    else
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -F _exifnorm exifnorm
