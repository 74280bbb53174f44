# Mọi việc của dự án, mỗi việc một lệnh; `make` liệt kê. Every job of the project; `make` lists them.

PYTHON ?= python3
UV ?= uv
JOBS ?= 2
SITE ?= site
TESTS ?= not slow
LAB ?= --ServerApp.ip=localhost

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NOTEBOOKS := $(wildcard notebooks/*.ipynb)

# Else every interpreter that a test starts reads all the code anew, and pytest each test file.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup reports lab docs pictures test bench fuzz check advisories lock wheel windows clean

help: ## danh sách này · this list
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS='|' read -r name what; do printf '%-14s %s\n' "$$name" "$$what"; done

setup: $(STAMP) ## cài đặt vào .venv · install into .venv

reports: setup ## tính chỉ tiêu, dựng báo cáo của dữ liệu mẫu · build the sample campaign's reports
	$(BIN)/campaign reports

lab: setup ## mở sổ tay trong JupyterLab · open the notebooks in JupyterLab
	$(if $(findstring --allow-root,$(LAB)),,@test "$$(id -u)" != 0 || { echo "$$AS_ROOT"; exit 2; } >&2)
	$(BIN)/jupyter lab $(LAB) --ServerApp.root_dir=. notebooks/start_here.ipynb

docs: setup ## lập trang tài liệu · build the documentation as a site
	rm -rf $(SITE)
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --jobs $(JOBS) -c docs . $(SITE)
	rm -rf $(SITE)/.doctrees
	@echo $(SITE)/docs/index.html

pictures: setup ## chụp mọi loại trang cho tài liệu · take a picture of every kind of page
	$(BIN)/python tests/pictures.py

# A file's tests share what they have built, so each file goes to one worker.
test: setup ## chạy kiểm thử, trừ phần chậm · run the tests, without the slow ones
	@.ci/needs install || true
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "$(TESTS)"; \
		passed=$$?; .ci/needs tell; exit $$passed

bench: setup ## đo thời gian · measure how long things take
	$(BIN)/python -m tests.bench

fuzz: setup ## làm hỏng tệp rồi đọc, một giờ · injure files and read them, for an hour
	$(BIN)/python -m tests.fuzz

check: setup ## soát kiểu, định dạng, sổ tay, dữ liệu thật · lint, format, types, notebooks, no real data
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy -p tests.bench -p tests.fuzz
	$(if $(NOTEBOOKS),$(BIN)/nbstripout --keep-id --verify $(NOTEBOOKS))
	$(BIN)/python -m pytest --quiet tests/house/test_raw_data.py

advisories: setup ## hỏi lỗ hổng đã biết của các gói · ask for known holes in packages
	$(BIN)/python -m tests.advisories

# Resolves the bounds of pyproject.toml anew, for every Python and system they allow. Needs uv.
lock: ## chọn lại phiên bản các gói (cần uv) · choose the packages' versions anew (needs uv)
	$(PYTHON) -c "$$BUILD_REQUIREMENTS" | $(UV) pip compile pyproject.toml - --all-extras \
		--universal --python-version 3.11 --fork-strategy fewest --upgrade --generate-hashes \
		--no-annotate --custom-compile-command "make lock" --quiet --output-file requirements.lock

# What an earlier build left would be packed again, so it is taken away first.
wheel: setup ## đóng gói thành một tệp để cài · pack one file to install
	rm -rf build dist
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

windows: wheel ## thư mục để bấm đúp trên Windows · the folder to double-click on Windows
	$(BIN)/python -m campaign_lib.office.windows dist

clean: ## xoá mọi thứ đã dựng, cả .venv · remove what was built, .venv too
	rm -rf reports data/processed build dist $(SITE) $(VENV)
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache *.egg-info
	find campaign_lib tests notebooks -depth -type d \
		\( -name __pycache__ -o -name .ipynb_checkpoints \) -exec rm -rf {} +

# Begun anew each time the lock or pyproject.toml changes: no package of an older lock stays behind.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c "$$PYTHON_FITS"
	@echo "Đang cài đặt, mất vài phút · Installing, this takes a few minutes"
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation -e .
	@touch $@

# From outside a container its own localhost cannot be reached.
define AS_ROOT
Quyền root không mở được JupyterLab; hãy dùng người dùng thường, hoặc trong container thì chạy lệnh này ·
root does not open JupyterLab; be an ordinary user, or in a container run this:
    make lab LAB="--allow-root --ServerApp.ip=0.0.0.0"
endef
export AS_ROOT

define PYTHON_FITS
import re, sys
bounds = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', open("pyproject.toml", encoding="utf-8").read())
low, high = map(int, bounds.groups())
if not (3, low) <= sys.version_info[:2] < (3, high):
    sys.exit("Cần Python 3.%d đến 3.%d · Python 3.%d to 3.%d is needed; "
             "make PYTHON=/usr/bin/python3.%d setup" % (low, high - 1, low, high - 1, high - 1))
try:
    import ensurepip, venv
except ImportError:
    sys.exit("Thiếu gói Debian · A Debian package is missing: "
             "sudo apt install python3-venv (python3.%d-venv)" % sys.version_info[1])
endef
export PYTHON_FITS

define BUILD_REQUIREMENTS
import tomllib
print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")
endef
export BUILD_REQUIREMENTS
