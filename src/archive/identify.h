// What a file is, judged by its first bytes or by the names in its zip: so that a wrong file gets a useful message.
#pragma once

#include <string>
#include <string_view>

#include "archive/byte_source.h"
#include "archive/zip.h"

namespace fac::archive {

// For bytes that are no zip: "this is a safetensors file; …", with what to do about it. Never empty.
std::string describe_foreign(Bytes bytes);

enum class ArchiveKind : std::uint8_t {
  kTorchScript,
  kPickled,   // torch.save: a state dict or a whole pickled module
  kExported,  // torch.export .pt2
  kPackage,   // torch.package
  kLegacy,    // TorchScript of PyTorch 1.0 (model.json)
  kOther,     // some other zip
};
ArchiveKind kind_of(const Zip& zip, std::string_view top_folder);
// Why an archive of this kind is not TorchScript, and what to do; for kinds other than kTorchScript.
std::string describe_kind(ArchiveKind kind);

}  // namespace fac::archive
