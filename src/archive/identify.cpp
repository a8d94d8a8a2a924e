#include "archive/identify.h"

#include <algorithm>
#include <cstring>

namespace fac::archive {

namespace {

bool starts_with(Bytes b, std::string_view prefix, std::size_t at = 0) {
  return b.size() >= at + prefix.size() && std::memcmp(b.data() + at, prefix.data(), prefix.size()) == 0;
}

// A safetensors file: 8 bytes with the length of a header, then the header, which is JSON.
bool is_safetensors(Bytes b) {
  if (b.size() < 10 || b[8] != '{') return false;
  std::uint64_t length = 0;
  for (int i = 8; i-- > 0;) length = length << 8 | b[static_cast<std::size_t>(i)];
  return length >= 2 && length <= b.size() - 8;
}

// ModelProto starts with field 1, ir_version, a small varint, and then names its producer or its operator set.
bool is_onnx(Bytes b) {
  return b.size() > 4 && b[0] == 0x08 && b[1] > 0 && b[1] < 0x20 && (b[2] == 0x12 || b[2] == 0x3A || b[2] == 0x42);
}

std::string first_bytes(Bytes b) {
  std::string out;
  constexpr char kHex[] = "0123456789abcdef";
  for (std::size_t i = 0; i < std::min<std::size_t>(b.size(), 8); ++i) {
    if (i != 0) out += ' ';
    out += kHex[b[i] >> 4];
    out += kHex[b[i] & 15];
  }
  return out;
}

}  // namespace

std::string describe_foreign(Bytes b) {
  if (b.empty()) return "the file is empty";
  if (b[0] == 0x80 && b.size() > 1 && b[1] <= 5)
    return "this is a pickle, the format of torch.save before PyTorch 1.6, and not TorchScript; save "
           "torch.jit.script(model) or torch.jit.trace(model, inputs) with .save(path)";
  if (starts_with(b, "PYTORCH1")) return "this is an archive of a preview of PyTorch 1.0; save it again with a newer PyTorch";
  if (starts_with(b, "PTMF", 4))
    return "this is a flatbuffer of PyTorch Mobile; save the model with torch.jit.save instead";
  if (starts_with(b, "ET12", 4)) return "this is an ExecuTorch program (.pte), not TorchScript";
  if (starts_with(b, "TFL3", 4)) return "this is a TensorFlow Lite model, not TorchScript";
  if (starts_with(b, "\x89HDF\r\n\x1a\n")) return "this is an HDF5 file (Keras?), not TorchScript";
  if (starts_with(b, "\x93NUMPY")) return "this is a NumPy array (.npy), not TorchScript";
  if (starts_with(b, "GGUF")) return "this is a GGUF model, not TorchScript";
  if (starts_with(b, "\x1f\x8b")) return "this is a gzip file; unpack it first";
  if (starts_with(b, "\xfd" "7zXZ")) return "this is an xz file; unpack it first";
  if (starts_with(b, "ustar", 257)) return "this is a tar file (torch.save before PyTorch 0.2, or a packed folder), not TorchScript";
  if (starts_with(b, "version https://git-lfs"))
    return "this is a Git LFS pointer, not the model itself; fetch it with `git lfs pull`";
  std::size_t text = 0;
  while (text < b.size() && text < 64 && (b[text] == ' ' || b[text] == '\n' || b[text] == '\r' || b[text] == '\t')) ++text;
  if (starts_with(b, "<!DOCTYPE", text) || starts_with(b, "<!doctype", text) || starts_with(b, "<html", text) || starts_with(b, "<HTML", text))
    return "this is an HTML page: probably a download that gave an error or a login page";
  if (starts_with(b, "<?xml", text)) return "this is an XML file (an OpenVINO model?), not TorchScript";
  if (is_safetensors(b)) return "this is a safetensors file: weights without a program, not TorchScript";
  if (is_onnx(b)) return "this looks like an ONNX model, not TorchScript";
  if (starts_with(b, "{", text)) return "this is JSON text, not TorchScript";
  return "the file starts with the bytes " + first_bytes(b) + ", which is no zip archive and hence not TorchScript";
}

ArchiveKind kind_of(const Zip& zip, std::string_view top) {
  const auto has = [&](std::string_view record) { return zip.find(std::string(top) + "/" + std::string(record)); };
  if (has("model.json") && !has("archive_format")) return ArchiveKind::kLegacy;
  if (has("data.pkl") && has("constants.pkl")) return ArchiveKind::kTorchScript;
  if (has("data.pkl")) return ArchiveKind::kPickled;
  if (has("archive_format") || has("models/model.json") || zip.find("serialized_exported_program.json"))
    return ArchiveKind::kExported;
  if (has(".data/version") || has(".data/extern_modules")) return ArchiveKind::kPackage;
  return ArchiveKind::kOther;
}

std::string describe_kind(ArchiveKind kind) {
  switch (kind) {
    case ArchiveKind::kTorchScript: return "this is a TorchScript archive";
    case ArchiveKind::kPickled:
      return "this is a state dict or another object that torch.save wrote: it has weights, but no program; save "
             "torch.jit.script(model) or torch.jit.trace(model, inputs) with .save(path)";
    case ArchiveKind::kExported:
      return "this is a torch.export program (.pt2), not TorchScript; save torch.jit.trace(model, inputs) with .save(path)";
    case ArchiveKind::kPackage:
      return "this is a torch.package, which holds Python source; save the model with torch.jit.save instead";
    case ArchiveKind::kLegacy:
      return "this archive has the format of PyTorch 1.0 and 1.1 (model.json), which is not supported; load and save it "
             "with a PyTorch between 1.2 and 2.x";
    case ArchiveKind::kOther: break;
  }
  return "this zip file is not a TorchScript archive: it has no data.pkl and constants.pkl below one top folder";
}

}  // namespace fac::archive
