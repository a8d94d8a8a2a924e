# The two commands for a fresh Debian machine; everything else is in ./dev.
.PHONY: demo examples test setup venv build clean

# Tools and header-only libraries, through apt where something is missing.
PACKAGES := g++ cmake ninja-build ccache pkg-config zlib1g-dev libhwy-dev libcli11-dev nlohmann-json3-dev libstb-dev doctest-dev python3 python3-dev python3-venv
# Without root, sudo is asked; as root it may not exist.
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

demo: setup  ## a photograph classified by a PyTorch archive, without PyTorch
	./dev build release facula_cli
	@echo "--- facula classify: a cat, by torchvision's MobileNetV2 (examples/data/README.md)"
	build/release/facula classify examples/data/mobilenet_v2.pt examples/data/chelsea.png --labels examples/data/imagenet_classes.txt

examples: build venv  ## the OpenCV programs, as a user builds them, beside PyTorch (installs libopencv-dev)
	@$(MAKE) --no-print-directory setup PACKAGES="libopencv-dev"
	.venv/bin/python -m pytest -v tests/oracle/test_examples.py

test: build venv  ## the whole suite: unit and text tests, the C++ API, sanitizers, comparison with PyTorch
	./dev rooms
	./dev size
	./dev all-tests

build: setup
	./dev build

setup:
	@missing=""; for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  echo "--- installing with apt:$$missing"; \
	  $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

venv: .venv/ready  ## PyTorch and NumPy in a folder of their own: the oracle of the tests, never needed to run Facula

.venv/ready: tests/requirements.txt
	@echo "--- installing the oracle (torch, numpy, pytest) into .venv"
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps silero-vad==6.2.3 || true  # its archive is a test; what it depends on is not needed
	.venv/bin/python tests/oracle/fetch_torchvision.py .venv || true  # its model files are compiled by a test
	touch .venv/ready

clean:
	rm -rf build .venv
