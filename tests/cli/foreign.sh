#!/bin/sh
# SPDX-License-Identifier: MIT
# What other systems leave: AppleDouble files of macOS, lists with CR LF or a byte-order mark of Windows.
. "$(dirname "$0")/lib.sh"

# ---- AppleDouble (RFC 1740): resource fork and the like of x.jpg, as ._x.jpg
double() {
    printf '\000\005\026\007\000\002\000\000Mac OS X        \000\001\000\000\000\002\000\000\000\032\000\000\000\004abcd'
}
mkdir -p in/d
cp "$testdata/jpeg/landscape-6.jpg" in/x.jpg
double >in/._x.jpg
double >in/d/._y.PNG
runs 0 in to --report=report
same in/._x.jpg to/._x.jpg
is "outcomes" "$(sed -n 's/.*"path":"\([^"]*\)".*"outcome":"\([a-z]*\)".*/\1 \2/p' report | paste -sd,)" \
    "._x.jpg copied,d/._y.PNG copied,x.jpg lossless"
runs 1 --check in
is "what is said of them" "$(cat err)" ""
runs 0 --check in/d
runs 0 in/._x.jpg one.jpg
tar -cf a.tar -C in .
runs 0 --tar a.tar b.tar
tar -xOf b.tar ./._x.jpg | cmp -s - in/._x.jpg
is "a member" $? 0
# By content an image is one, whatever its name; and other names still promise one.
cp in/x.jpg in/._z.jpg
double >in/z.jpg
runs 1 in to --overwrite
has err "'in/z.jpg': not an image: named .jpg, but its content is something else"
runs 0 in/x.jpg turned.jpg
same to/._z.jpg turned.jpg
rm in/z.jpg

# ---- JPEGs of kinds that are not read, without an orientation: a height that DNL is to give, and
# five components (T.81, B.2.2)
mkdir kinds
scan() {
    printf '\377\332\000\010\001\001\000\000\077\000\000\377\331'
}
{
    printf '\377\330\377\300\000\013\010\000\000\000\020\001\001\021\000'
    scan
} >kinds/height.jpg
{
    printf '\377\330\377\300\000\027\010\000\020\000\020\005'
    printf '\001\021\000\002\021\000\003\021\000\004\021\000\005\021\000'
    scan
} >kinds/five.jpg
runs 0 kinds same --resume
runs 0 kinds same --resume
same kinds/five.jpg same/five.jpg
same kinds/height.jpg same/height.jpg

# ---- lists
# lists WHAT: the list on standard input has x.jpg and d/._y.PNG, and no more.
lists() {
    which=$1
    shift
    rm -rf listed
    "$EXIFNORM" in listed --files-from=- "$@" >out 2>err
    is "exit status of a list $which" $? 0
    is "outputs of a list $which" "$(cd listed && find . -type f | sort | paste -sd,)" "./d/._y.PNG,./x.jpg"
}
printf 'x.jpg\r\nd/._y.PNG\r\n' >list; lists "with CR LF" <list
printf 'x.jpg\r\n\r\nd/._y.PNG' >list; lists "with CR LF, an empty line, and no end" <list
printf '\357\273\277x.jpg\nd/._y.PNG\n' >list; lists "with a byte-order mark" <list
printf '\357\273\277x.jpg\r\nd/._y.PNG\r\n' >list; lists "with both" <list
# A mark is one at the beginning only, and what NUL bytes divide is taken as it is.
cp in/x.jpg "in/$(printf 'cr\r')"
cp in/x.jpg "in/$(printf '\357\273\277bom')"
printf 'cr\r\000\357\273\277bom\000' >list
runs 0 in exact --files-from=list --null
is "names by --null" "$(find exact -type f | wc -l)" 2
printf '\357\273\277bom\000' >list
runs 0 in exact2 --files-from=list --null
printf 'x.jpg\n\357\273\277bom\n' >list
runs 0 in exact3 --files-from=list
is "a mark in a name" "$(find exact3 -type f | wc -l)" 2
finish
