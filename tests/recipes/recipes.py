# SPDX-License-Identifier: MIT
"""recipes.py PAGE TESTDATA FOLDER: takes the stages and the handler out of the page and runs them. exifnorm and dvc are found by PATH."""
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys

import boto3
from moto import mock_aws

page, testdata, folder = (os.path.abspath(argument) for argument in sys.argv[1:])
blocks = re.findall(r"^```(\w+)\n(.*?)^```$", open(page, encoding="utf-8").read(), re.S | re.M)
checks = 0


def check(what, holds):
    global checks
    checks += 1
    if not holds:
        sys.exit(f"recipes.py: {what}")


def block(kind, number=0):
    return [text for name, text in blocks if name == kind][number]


def run(*command, status=0, where=None):
    done = subprocess.run(command, cwd=where or os.path.join(folder, "repository"), capture_output=True, text=True, check=False)
    check(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}", done.returncode == status)
    return done.stdout + done.stderr


def read(*names):
    with open(os.path.join(folder, *names), "rb") as file:
        return file.read()


def expected(name):
    """What the program by itself makes of an image of testdata."""
    target = os.path.join(folder, "expected")
    subprocess.run(["exifnorm", "-q", "--overwrite", os.path.join(testdata, name), target], check=True)
    return read("expected")


# ---- pre-commit: from a clone of this tree the hook that finds the program by PATH, and the one that is built in an environment of its own
top = os.path.dirname(testdata)
source, photos = os.path.join(folder, "source"), os.path.join(folder, "photos")
os.makedirs(source)
for name in ("include", "src", "python", ".deb", "Makefile", "LICENSE", "README.md", ".pre-commit-hooks.yaml"):
    path = os.path.join(top, name)
    if os.path.isdir(path):
        shutil.copytree(path, os.path.join(source, name), ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__", "tests"))
    else:
        shutil.copy(path, source)


def git(where, *words):
    run("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always", *words, where=where)


def commit(status):
    """What pre-commit says of a commit of all that is there."""
    git(photos, "add", "-A")
    return run("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "more", status=status, where=photos)


git(source, "init", "-q")
git(source, "add", "-A")
git(source, "commit", "-qm", "all")
# Compiled with little optimization: what is asked is whether it is built and found.
os.environ.update(CFLAGS="-O1", PRE_COMMIT_HOME=os.path.join(folder, "pre-commit"), GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="protocol.file.allow", GIT_CONFIG_VALUE_0="always")
for number, hook in enumerate((block("yaml", 0), block("yaml", 1))):
    shutil.rmtree(photos, ignore_errors=True)
    os.makedirs(photos)
    git(photos, "init", "-q")
    check("the hook names a place", "https://example.org/exifnorm" in hook)
    hook = hook.replace("git+https://example.org/exifnorm", "git+file://" + source).replace("https://example.org/exifnorm", "file://" + source)
    with open(os.path.join(photos, ".pre-commit-config.yaml"), "w", encoding="utf-8") as file:
        file.write(hook.replace("rev: HEAD", "rev: " + run("git", "rev-parse", "HEAD", where=source).strip()))
    run("pre-commit", "install", where=photos)
    path = os.environ["PATH"]
    if number == 1:  # the program that it finds is its own
        os.environ["PATH"] = os.pathsep.join(one for one in path.split(os.pathsep) if not os.path.exists(os.path.join(one, "exifnorm")))
        check("there is no other exifnorm", shutil.which("exifnorm") is None)
    shutil.copy(os.path.join(testdata, "jpeg", "no-exif.jpg"), photos)
    commit(0)
    shutil.copy(os.path.join(testdata, "jpeg", "landscape-6.jpg"), photos)
    said = commit(1)
    check("the commit is refused: " + said, "landscape-6.jpg': orientation 6" in said and "no-exif" not in said)
    os.remove(os.path.join(photos, "landscape-6.jpg"))
    os.environ["PATH"] = path
del os.environ["CFLAGS"]

# ---- DVC: the stage runs, is not run again, and gives the same bytes when it is; the gate is open, and then shut
os.makedirs(os.path.join(folder, "repository", "photos"))
for name in ("landscape-1.jpg", "landscape-6.jpg", "landscape-3.jpg"):
    shutil.copy(os.path.join(testdata, "jpeg", name), os.path.join(folder, "repository", "photos"))
with open(os.path.join(folder, "repository", "dvc.yaml"), "w", encoding="utf-8") as file:
    file.write(block("yaml", 2) + block("yaml", 3))
run("git", "init", "-q")
run("dvc", "init", "-q")
run("dvc", "add", "-q", "photos")
run("dvc", "repro")
for name in ("landscape-1.jpg", "landscape-6.jpg", "landscape-3.jpg"):
    check(f"output {name}", read("repository", "upright", name) == expected("jpeg/" + name))
lock = read("repository", "dvc.lock")
check("the report is in the lock", b"report.jsonl" in lock)
check("a second run finds nothing to do", "didn't change" in run("dvc", "repro"))
run("dvc", "repro", "--force")
check("the lock is the same after all was made again", read("repository", "dvc.lock") == lock)
shutil.copy(os.path.join(testdata, "png", "rgb8-8.png"), os.path.join(folder, "repository", "photos"))
check("an image more is worked on", "Running stage 'upright'" in run("dvc", "repro"))
check("its output", read("repository", "upright", "rgb8-8.png") == expected("png/rgb8-8.png"))
with open(os.path.join(folder, "repository", "photos", "cut.jpg"), "wb") as file:
    with open(os.path.join(testdata, "jpeg", "landscape-6.jpg"), "rb") as whole:
        file.write(whole.read(3000))
check("a damaged image fails the stage", "failed to reproduce 'upright'" in run("dvc", "repro", status=255))
os.remove(os.path.join(folder, "repository", "photos", "cut.jpg"))
run("dvc", "repro")
with open(os.path.join(folder, "repository", "dvc.yaml"), "w", encoding="utf-8") as file:
    file.write(block("yaml", 2) + block("yaml", 3).replace("upright", "photos"))
check("the gate shuts", "failed to reproduce 'gate'" in run("dvc", "repro", "gate", status=255))

# ---- Lambda: the handler with S3's events
os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1", OUT_BUCKET="outputs")
with open(os.path.join(folder, "handler.py"), "w", encoding="utf-8") as file:
    file.write(block("python"))


def event(bucket, *keys):
    """As in AWS's documentation: keys are quoted as in a form."""
    quoted = [key.replace(" ", "+").replace("ü", "%C3%BC") for key in keys]
    return {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": {"key": key}}} for key in quoted]}


def fails(handler, what, *arguments):
    try:
        handler.handle(*arguments, None)
    except RuntimeError as error:
        check(f"{what}: {error}", what in str(error))
    else:
        check(f"an error: {what}", False)


with mock_aws():
    s3 = boto3.client("s3")
    for bucket in ("sources", "outputs"):
        s3.create_bucket(Bucket=bucket)
    spec = importlib.util.spec_from_file_location("handler", os.path.join(folder, "handler.py"))
    handler = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(handler)
    with open(os.path.join(testdata, "jpeg", "landscape-6.jpg"), "rb") as file:
        image = file.read()
    s3.put_object(Bucket="sources", Key="a b/grün.jpg", Body=image, ContentType="image/jpeg", Metadata={"by": "me"})
    s3.put_object(Bucket="sources", Key="note.txt", Body=b"no image", ContentType="text/plain")
    s3.put_object(Bucket="sources", Key="cut.jpg", Body=image[:3000], ContentType="image/jpeg")
    done = handler.handle(event("sources", "a b/grün.jpg", "note.txt"), None)
    check(f"what it answers: {done}", [(one["key"], one["outcome"]) for one in done] == [("a b/grün.jpg", "lossless"), ("note.txt", "copied")])
    check("the answer is JSON", json.loads(json.dumps(done)) == done)
    made = s3.get_object(Bucket="outputs", Key="a b/grün.jpg")
    check("the object", made["Body"].read() == expected("jpeg/landscape-6.jpg"))
    check("what is said of it", made["ContentType"] == "image/jpeg" and made["Metadata"] == {"by": "me"})
    check("a file that is no image", s3.get_object(Bucket="outputs", Key="note.txt")["Body"].read() == b"no image")
    fails(handler, "damaged image data", event("sources", "cut.jpg"))
    fails(handler, "again", event("outputs", "note.txt"))
    check("nothing of what failed", "cut.jpg" not in [one["Key"] for one in s3.list_objects_v2(Bucket="outputs")["Contents"]])

# ---- the container: it stands on the Dockerfile's image and starts the handler that was just run
recipe = block("dockerfile")
check("its base", recipe.startswith("FROM exifnorm\n"))
check("its command", 'CMD ["handler.handle"]' in recipe and "COPY handler.py" in recipe)
print(f"recipes.py: {checks} checks passed")
