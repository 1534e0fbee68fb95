# SPDX-License-Identifier: MIT
# Helpers for tests of label files; sourced after lib.sh.
# shellcheck disable=SC2034,SC2154

jpeg=$testdata/jpeg
frame="--labels --labels-frame=stored"

# coco_sized WIDTH HEIGHT NAME...: a COCO file with these sizes and a box on each; names as JSON has them. In the shell, since to start Python takes longer.
coco_sized() {
    coco_size=${1:+", \"width\": $1, \"height\": $2"}
    shift 2
    coco_images=
    coco_boxes=
    coco_id=0
    for coco_name in "$@"; do
        coco_images="$coco_images${coco_images:+, }{\"id\": $coco_id, \"file_name\": \"$coco_name\"$coco_size}"
        coco_boxes="$coco_boxes${coco_boxes:+, }{\"id\": $coco_id, \"image_id\": $coco_id, \"bbox\": [10.5, 20, 30, 40]}"
        coco_id=$((coco_id + 1))
    done
    printf '{"images": [%s], "annotations": [%s]}\n' "$coco_images" "$coco_boxes"
}

# coco NAME...: without sizes.
coco() {
    coco_sized '' '' "$@"
}

# of REPORT PATH MEMBER: what the report says about it.
of() {
    jq -r --arg path "$2" "select(.path == \$path) | .$3" "$1"
}
