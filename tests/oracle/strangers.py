"""Model files of strangers, taken as they are, made into archives in five ways and compared with PyTorch.

    python tests/oracle/strangers.py --folder DIR [--only REGEX]

DIR holds a checkout of each repository named below as OWNER+NAME. Prints a row of a table for each model; its columns are archives
scripted and traced by PyTorch, scripted and traced by Facula from the live model, and compiled by `facula compile` from the file
with the weights in a .pth file. Each holds two numbers: the largest difference from PyTorch's eager output relative to its
largest element, run by Facula and by PyTorch.
"""
import argparse
import contextlib
import importlib
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
CIFAR, C100, EXAMPLES = "kuangliu+pytorch-cifar", "weiaicunzai+pytorch-cifar100", "pytorch+examples"
IMAGE, IDS = "torch.randn(2, 3, 32, 32)", "torch.randint(0, 50, (2, 16))"
# repository, file, what makes the model, its arguments, inputs
MODELS = [
    *[(CIFAR, f"models/{file}.py", make, args, (IMAGE,)) for file, make, args in (
        ("lenet", "LeNet", ""), ("vgg", "VGG", "'VGG11'"), ("resnet", "ResNet18", ""), ("preact_resnet", "PreActResNet18", ""),
        ("googlenet", "GoogLeNet", ""), ("densenet", "densenet_cifar", ""), ("resnext", "ResNeXt29_2x64d", ""), ("mobilenet", "MobileNet", ""),
        ("mobilenetv2", "MobileNetV2", ""), ("dpn", "DPN26", ""), ("shufflenet", "ShuffleNetG2", ""), ("senet", "SENet18", ""),
        ("shufflenetv2", "ShuffleNetV2", "1"), ("efficientnet", "EfficientNetB0", ""), ("regnet", "RegNetX_200MF", ""),
        ("pnasnet", "PNASNetA", ""), ("dla_simple", "SimpleDLA", ""), ("dla", "DLA", ""))],
    *[(C100, f"models/{file}.py", make, args, (IMAGE,)) for file, make, args in (
        ("vgg", "vgg11_bn", ""), ("attention", "attention56", ""), ("densenet", "densenet121", ""), ("googlenet", "googlenet", ""),
        ("inceptionv3", "inceptionv3", ""), ("mobilenet", "mobilenet", ""), ("mobilenetv2", "mobilenetv2", ""), ("nasnet", "nasnet", ""),
        ("preactresnet", "preactresnet18", ""), ("resnet", "resnet18", ""), ("resnext", "resnext50", ""), ("rir", "resnet_in_resnet", ""),
        ("senet", "seresnet18", ""), ("shufflenet", "shufflenet", ""), ("shufflenetv2", "shufflenetv2", ""), ("squeezenet", "squeezenet", ""),
        ("xception", "xception", ""), ("wideresidual", "wideresnet", "depth=10, widen_factor=1"), ("stochasticdepth", "stochastic_depth_resnet18", ""))],
    ("karpathy+nanoGPT", "model.py", "GPT", "GPTConfig(block_size=32, vocab_size=64, n_layer=2, n_head=2, n_embd=32)", (IDS,)),
    ("milesial+Pytorch-UNet", "unet/unet_model.py", "UNet", "3, 2, bilinear=True", ("torch.randn(1, 3, 64, 64)",)),
    ("milesial+Pytorch-UNet", "unet/unet_model.py", "UNet", "3, 2", ("torch.randn(1, 3, 64, 64)",)),
    ("locuslab+TCN", "TCN/tcn.py", "TemporalConvNet", "4, [8, 8, 6], kernel_size=3", ("torch.randn(2, 4, 20)",)),
    ("fxia22+pointnet.pytorch", "pointnet/model.py", "PointNetCls", "k=5", ("torch.randn(2, 3, 40)",)),
    ("fxia22+pointnet.pytorch", "pointnet/model.py", "PointNetDenseCls", "k=3, feature_transform=True", ("torch.randn(2, 3, 40)",)),
    (EXAMPLES, "super_resolution/model.py", "Net", "2", ("torch.rand(1, 1, 16, 16)",)),
    (EXAMPLES, "mnist/main.py", "Net", "", ("torch.rand(2, 1, 28, 28)",)),
    (EXAMPLES, "mnist_forward_forward/main.py", "Net", "[20, 16, 8]", ("torch.rand(2, 20)",)),
    (EXAMPLES, "siamese_network/main.py", "SiameseNetwork", "", ("torch.rand(2, 1, 28, 28)", "torch.rand(2, 1, 28, 28)")),
    (EXAMPLES, "vae/main.py", "VAE", "", ("torch.rand(2, 1, 28, 28)",)),
    (EXAMPLES, "mnist_rnn/main.py", "Net", "", ("torch.rand(2, 28, 28)",)),
    (EXAMPLES, "word_language_model/model.py", "TransformerModel", "50, 16, 2, 16, 2", ("torch.randint(0, 50, (7, 2))",)),
    (EXAMPLES, "time_sequence_prediction/train.py", "Sequence", "", ("torch.randn(2, 6, dtype=torch.float64)",)),
    (EXAMPLES, "fast_neural_style/neural_style/transformer_net.py", "TransformerNet", "", ("torch.rand(1, 3, 32, 32)",)),
    (EXAMPLES, "fast_neural_style/neural_style/vgg.py", "Vgg16", "", ("torch.rand(1, 3, 32, 32)",)),
    (EXAMPLES, "reinforcement_learning/actor_critic.py", "Policy", "", ("torch.rand(2, 4)",)),
    (EXAMPLES, "reinforcement_learning/reinforce.py", "Policy", "", ("torch.rand(2, 4)",)),
    (EXAMPLES, "dcgan/main.py", "Discriminator", "1", ("torch.rand(2, 3, 64, 64)",)),
    (EXAMPLES, "gcn/main.py", "GCN", "8, 16, 4, True, 0.1", ("(torch.rand(5, 8), torch.rand(5, 5))",)),
    (EXAMPLES, "gat/main.py", "GAT", "8, 6, 2, 3", ("(torch.rand(5, 8), (torch.rand(5, 5) > 0.5).int())",)),
    (EXAMPLES, "vision_transformer/main.py", "ViT", "", ("torch.rand(2, 3, 32, 32)",)),
]


def live(folder, repository, file, make, args):
    """The PyTorch model, its file imported as a module (of its package, where it lies in one)."""
    path = folder / repository / file
    sys.argv = [str(path)]
    with contextlib.suppress(ImportError):
        import models_table   # torchvision, where it is installed: some files import it
        live.library = models_table.import_torchvision()
    root, name = path.parent, path.stem
    if (path.parent / "__init__.py").exists():
        root, name = path.parent.parent, path.parent.name + "." + path.stem
    sys.path[:0] = [str(root), str(path.parent)]
    module = importlib.import_module(name)
    torch.manual_seed(0)
    return eval(f"{make}({args})", vars(module)).eval()


def flat(x):
    if isinstance(x, (list, tuple)):
        return [t for i in x for t in flat(i)]
    return [torch.from_dlpack(x)] if not isinstance(x, torch.Tensor) and hasattr(x, "__dlpack__") else [x] if isinstance(x, torch.Tensor) else []


def difference(want, got):
    want, got = flat(want), flat(got)
    if [t.shape for t in want] != [t.shape for t in got]:
        return f"shapes {[tuple(t.shape) for t in got]}, PyTorch {[tuple(t.shape) for t in want]}"
    return "%.0e" % max([0.0] + [float((a.double() - b.double()).abs().max() / a.double().abs().max().clamp(min=1e-30)) for a, b in zip(want, got)])


WAYS = ("PyTorch script", "PyTorch trace", "Facula script", "Facula trace", "facula compile")


def ways(folder, index, temporary):
    """(way, whether PyTorch can do it, function that makes the archive), the wanted output and the inputs."""
    import facula
    repository, file, make, args, inputs = MODELS[index]
    model = live(folder, repository, file, make, args)
    values = tuple(eval(i) for i in inputs)
    with torch.no_grad():
        want = model(*values)
    if not flat(want):
        raise ValueError("no tensors come out")
    weights = temporary / "net.pth"
    torch.save(model.state_dict(), weights)

    def compiled(out):
        is_class = make[0].isupper() and isinstance(sys.modules[type(model).__module__].__dict__.get(make), type)
        done = subprocess.run([str(ROOT / "build/release/facula"), "compile", str(folder / repository / file), "--class" if is_class else
                               "--factory", make, "--args", args, "--weights", str(weights), "-o", str(out), "--path", str(folder / repository)],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr + done.stdout)

    return want, values, [
        (lambda out: torch.jit.script(model).save(out)),
        (lambda out: torch.jit.trace(model, values, check_trace=False, strict=False).save(out)),
        (lambda out: facula.script(model).save(str(out))),
        (lambda out: facula.trace(model, values, check_trace=False, strict=False).save(str(out))),
        compiled]


def one(folder, index):
    sys.path.insert(0, str(ROOT / "build/release/python"))
    import facula
    warnings.simplefilter("ignore")
    torch.set_grad_enabled(False)
    with tempfile.TemporaryDirectory() as name:
        try:
            want, values, makers = ways(folder, index, pathlib.Path(name))
        except Exception as e:
            return f"PyTorch: {type(e).__name__}: {e}"
        cells = []
        for way, make in zip(WAYS, makers):
            out = pathlib.Path(name) / "net.pt"
            try:
                make(out)
            except Exception as e:
                text = str(e).strip().replace("\n", " / ")[:500]
                cells.append("PyTorch refuses" if way.startswith("PyTorch") else f"**{text}**")
                continue
            try:
                cells.append(" ".join(difference(want, m(*values)) for m in (facula.load(str(out)), torch.jit.load(str(out)))))
            except Exception as e:
                cells.append("**" + str(e).strip().replace("\n", " / ")[-500:] + "**")
        return " | ".join(cells)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--one", type=int)
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.one is not None:
        print(one(options.folder, options.one))
        sys.exit()
    for i, (repository, file, make, args, _) in enumerate(MODELS):
        if re.search(options.only, f"{repository} {file} {make}"):
            done = subprocess.run([sys.executable, __file__, "--folder", str(options.folder), "--one", str(i)], capture_output=True, text=True)
            lines = done.stdout.strip().splitlines() or done.stderr.strip().splitlines()[-1:] or ["?"]
            print(f"| {repository.replace('+', '/')} | {file} | `{make}({args})` | {lines[-1]} |", flush=True)
