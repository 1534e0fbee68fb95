#!/bin/sh
# SPDX-License-Identifier: MIT
# A folder comes out as the same tree: order, empty folders, modes, times, attributes, odd names, links and special files.
. "$(dirname "$0")/lib.sh"

# ---- the tree itself
mkdir -p in/b/deep/er in/a in/empty/inner to_other
echo text >in/b/deep/er/note.txt
echo 1 >in/a/z.txt
echo 2 >in/a.txt
echo 3 >in/B.txt
: >in/a/nothing
cp "$testdata/jpeg/no-exif.jpg" in/b/same.jpg
cp "$testdata/png/no-exif.png" in/b/same.PNG
find in -type f -exec cksum {} + | sort >before
runs 0 in to --report=report
(cd in && find . | sort) >tree_in
(cd to && find . | sort) >tree_to
same tree_in tree_to
check "no byte differs" diff -r in to
find in -type f -exec cksum {} + | sort >after
same before after
no_temporary to

# Byte-wise by name, folder by folder: B before a, the folder a before the file a.txt.
items report | sed 's/^{"path":"\([^"]*\)".*/\1/' >order
printf '%s\n' B.txt a/nothing a/z.txt a.txt b/deep/er/note.txt b/same.PNG b/same.jpg >wanted
same order wanted
runs 0 in again --report=report_again
items report >order
items report_again >order_again
same order order_again

# ---- modes and times, of folders too
rm -rf in to again
mkdir -p in/ro in/rx/in
echo 1 >in/ro/f
echo 2 >in/640
cp "$testdata/jpeg/landscape-6.jpg" in/turned.jpg
cp "$testdata/jpeg/no-exif.jpg" in/400.jpg
chmod 640 in/640
chmod 604 in/turned.jpg
chmod 400 in/400.jpg
chmod 4711 in/ro/f
touch -d '2001-02-03 04:05:06.123456789' in/640 in/turned.jpg in/400.jpg in/ro/f
touch -d '1999-12-31 23:59:59.987654321' in/rx/in in/rx in/ro
chmod 555 in/ro
chmod 750 in/rx
touch -d '2010-10-10 10:10:10.101010101' in
chmod 711 in
(umask 077 && runs 0 in to)
for f in 640 400.jpg rx/in rx ro .; do
    is "mode and time of $f" "$(stat -c '%a %y' "to/$f")" "$(stat -c '%a %y' "in/$f")"
done
# Whoever compares by size and time has to see that a file has changed, also where its size has not.
is "mode of what has changed" "$(stat -c %a to/turned.jpg)" "$(stat -c %a in/turned.jpg)"
for write in atomic direct; do
    for mode in bake drop; do
        for times in "" --preserve-times; do
            clear_away changed
            # shellcheck disable=SC2086
            runs 0 in changed --write=$write --mode=$mode $times
            is "the time of what $write, $mode $times has changed" "$(find changed/turned.jpg -newermt "@$began" | wc -l)" \
                "$([ "$times" ] && echo 0 || echo 1)"
            is "the time of what it has not" "$(stat -c %y changed/400.jpg)" "$(stat -c %y in/400.jpg)"
            [ -z "$times" ] || is "a time that is kept" "$(stat -c %y changed/turned.jpg)" "$(stat -c %y in/turned.jpg)"
        done
    done
done
chmod 755 changed/ro
is "no setuid bit comes over" "$(stat -c %a to/ro/f)" 711
chmod 755 in in/ro to to/ro

# A folder that exists is used, and keeps what it has.
mkdir -p mine/rx
chmod 700 mine/rx
chmod 1777 mine
runs 0 in mine
is "mode of a folder that was there" "$(stat -c %a mine/rx)" 700
is "mode of OUT that was there" "$(stat -c %a mine)" 1777

# ---- extended attributes
if command -v setfattr >/dev/null && setfattr -n user.note -v keep in/640 2>/dev/null; then
    setfattr -n user.note -v keep in/turned.jpg
    runs 0 in with_attributes
    for f in 640 turned.jpg; do
        is "attribute of $f" \
            "$(getfattr --only-values -n user.note "with_attributes/$f" 2>/dev/null)" keep
    done
elif command -v python3 >/dev/null &&
    python3 -c 'import os; os.setxattr("in/640", "user.note", b"keep")' 2>/dev/null; then
    python3 -c 'import os; os.setxattr("in/turned.jpg", "user.note", b"keep")'
    runs 0 in with_attributes
    for f in 640 turned.jpg; do
        is "attribute of $f" "$(python3 -c 'import os, sys
print(os.getxattr(sys.argv[1], "user.note").decode())' "with_attributes/$f" 2>&1)" keep
    done
else
    skipped "extended attributes: nothing here can set them"
fi

# ---- odd names
rm -rf in to
mkdir in
nl=$(printf 'new\nline')
latin=$(printf 'gr\374n')
esc=$(printf 'a\033[31mred')
long=$(printf '%0255d' 0)
for n in "$nl" "$latin" "$esc" "$long" '-x' '--overwrite' "it's" 'a"b' 'back\slash' ' ' 'q?*[' \
    '$(x);&' '%s%d%n'; do
    echo "$n" >"in/$n"
    mkdir "in/d$(printf '%.200s' "$n")"
    cp "$testdata/jpeg/landscape-3.jpg" "in/d$(printf '%.200s' "$n")/$(printf '%.200s' "$n").jpg"
    echo none >"in/d$(printf '%.200s' "$n")/bad.jpg"
done
runs 1 -v in to --report=report
(cd in && find . ! -name bad.jpg | sort) >tree_in
(cd to && find . | sort) >tree_to
same tree_in tree_to
is "one line an item" "$(items report | wc -l)" "$(find in -type f -exec echo \; | wc -l)"
is "bytes in messages that a terminal may obey" \
    "$(tr -d '\n -~' <err | wc -c)" 0
is "one message a failed item" "$(grep -c '^exifnorm: ' err)" 13
has err "'in/dnew\\nline/bad.jpg': not an image"
has err "'in/dgr\\xFCn/bad.jpg'"
has err "'in/da\\x1B[31mred/bad.jpg'"
has err "'in/dit\\'s/bad.jpg'"
has err "'in/dback\\\\slash/bad.jpg'"

# Names with a dash at the front as arguments.
mkdir -- -in
echo 1 >-in/f
runs 0 -- -in -to
same ./-in/f ./-to/f
runs 0 ./-in/f -- -f2 && same ./-in/f ./-f2

# A tree as deep as a path may be.
mkdir deep
(
    cd deep || exit 1
    i=0
    while [ $i -lt 18 ]; do
        d=$(printf '%0200d' $i)
        mkdir "$d" && cd "$d" || exit 1
        i=$((i + 1))
    done
    echo bottom >f
)
runs 0 deep deep_to
check "a path of 3,600 bytes" diff -r deep deep_to

# ---- links and special files
rm -rf in to
mkdir -p in/sub other/folder
echo in >in/sub/file
echo outside >other/file
cp "$testdata/jpeg/landscape-8.jpg" other/turned.jpg
chmod 640 other/file
touch -d '2001-02-03 04:05:06.5' other/file
ln -s sub/file in/l1_file
ln -s l1_file in/l2_link_to_link
ln -s ../other/file in/l3_outside
ln -s ../other/turned.jpg in/l4_image.jpg
ln -s sub in/l5_folder
ln -s ../other/folder in/l6_folder_outside
ln -s . in/l7_itself
ln -s l9_loop in/l8_loop
ln -s l8_loop in/l9_loop
mkfifo in/fifo.jpg
ln -s fifo.jpg in/link_to_fifo.jpg
ln -s /dev/zero in/link_to_device.png
expected_skips=8
if command -v python3 >/dev/null; then
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("in/socket")'
    expected_skips=$((expected_skips + 1))
else
    skipped "a socket: no python3"
fi
if is_root && mknod in/device c 1 3 2>/dev/null; then
    expected_skips=$((expected_skips + 1))
else
    skipped "a device: only root makes one"
fi
runs 0 in to --report=report
for f in l1_file l2_link_to_link l3_outside; do
    same "in/$f" "to/$f"
done
for f in l1_file l2_link_to_link l3_outside l4_image.jpg; do
    check "$f is a file" test -f "to/$f" -a ! -L "to/$f"
done
is "mode and time of what a link leads to" "$(stat -c '%a %y' to/l3_outside)" \
    "$(stat -c '%a %y' other/file)"
for f in l5_folder l6_folder_outside l7_itself l8_loop l9_loop fifo.jpg link_to_fifo.jpg \
    link_to_device.png socket device; do
    absent "to/$f"
done
is "skipped ones in the report" "$(grep -c '"outcome":"skipped"' report)" "$expected_skips"
is "skipped ones named" "$(grep -c "^exifnorm: 'in/.*': skipped: " err)" "$expected_skips"
has err "'in/fifo.jpg': skipped: a fifo"
has err "'in/l8_loop': skipped: a link in a loop"
has err "'in/l5_folder': skipped: a link to a folder"
check "the summary counts them" grep -q "^ *$expected_skips  skipped" out
# A file system may not say what is a folder, a link or a file: all is as where it does.
if preloads untyped.so; then
    LD_PRELOAD=$preload timeout 120 "$EXIFNORM" in untyped --report=untyped.report >out 2>err
    is "exit status where folders have no types" $? 0
    check "the same tree without types" diff -r to untyped
    items report >wanted
    items untyped.report >found
    same found wanted
    is "skipped ones without types" "$(grep -c "^exifnorm: 'in/.*': skipped: " err)" "$expected_skips"
else
    skipped "folders without types: no $hook"
fi
# A bind mount can show a folder inside of itself, again and again.
if is_root && unshare -m true 2>/dev/null; then
    mkdir -p ring/d/inner
    echo ring >ring/d/file
    unshare -m sh -c 'mount --bind ring ring/d/inner && exec "$1" ring ring_to >out 2>err' sh "$EXIFNORM"
    is "exit status with a folder that contains itself" $? 0
    has err "'ring/d/inner': skipped: a folder that contains itself"
    is "what is made of it" "$(cd ring_to && find . -type f)" ./d/file
else
    skipped "a folder that contains itself: only root can bind one"
fi
ln -s nowhere in/dangling
runs 1 in to2
has err "'in/dangling': cannot read the source: a dangling link"
absent to2/dangling
# IN and OUT may be links themselves.
ln -s in in_link
mkdir real_out
ln -s real_out out_link
runs 1 in_link out_link
same in/sub/file real_out/sub/file

# A link in OUT leads nowhere: neither a folder's nor a file's place is followed.
mkdir -p evil elsewhere
ln -s ../elsewhere evil/sub
ln -s ../other/file evil/l1_file
echo keep >elsewhere/keep
runs 1 in evil --overwrite
has err "'in/sub': output exists"
absent elsewhere/file
is "what a link in OUT led to" "$(cat other/file)" outside
check "a link in a file's place is replaced" test ! -L evil/l1_file

# A link in IN that leads into OUT: what it leads to might be replaced before it is read, or by it.
rm -rf in to
mkdir -p in/d to/d
echo new >in/d/b
echo old >to/d/b
ln -s ../to/d/b in/c
ln -s d in/within
ln -s ../in/d/b in/a
runs 1 in to --overwrite
has err "'in/c': cannot read the source: a link that leads into OUT"
absent to/c
same in/d/b to/d/b
same in/d/b to/a
ln -sfn to in_out_link
rm in/c
ln -s ../in_out_link/d/b in/c
runs 1 in to --overwrite
has err "'in/c': cannot read the source: a link that leads into OUT"

# A group's folder gives its group and its setgid bit to what is made in it; the bit stays.
rm -rf in to shared
mkdir -p in/d/e shared
chmod 750 in in/d
chmod g+s shared
runs 0 in shared/to
is "modes below a folder with setgid" "$(stat -c %a shared/to shared/to/d shared/to/d/e | paste -sd' ')" "2750 2750 2755"

# ---- what cannot be read
rm -rf in to
mkdir -p in/closed in/open
echo 1 >in/secret
echo 2 >in/open/f
chmod 000 in/secret in/closed
if ! is_root; then
    mkdir open
    runs 1 in open/to
elif command -v setpriv >/dev/null && mkdir -m 777 open && chmod 711 "$scratch" &&
    setpriv --reuid=65534 --clear-groups test -x "$EXIFNORM" 2>/dev/null; then
    # As nobody, and below a folder that may be passed but not read.
    setpriv --reuid=65534 --clear-groups "$EXIFNORM" in open/to >out 2>err
    is "exit status with unreadable sources" $? 1
else
    skipped "unreadable sources: root reads everything"
    rm -rf open # nobody could run the program, and nothing is in it
fi
if [ -d open ]; then
    has err "'in/secret': cannot read the source: cannot open it: Permission denied"
    has err "'in/closed': cannot read the source: cannot read the folder"
    same in/open/f open/to/open/f
fi

finish
