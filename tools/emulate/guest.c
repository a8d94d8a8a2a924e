// The way out of the emulated machine.
//   guest out       standard input to the parallel port, which Bochs writes to a file: no driver, no baud rate
//   guest off       the emulator ends (Bochs watches port 0x8900)
#include <string.h>
#include <sys/io.h>
#include <unistd.h>

enum { kData = 0x378, kControl = 0x37A, kSelected = 0x0C, kStrobe = 0x0D };

int main(int argc, char** argv) {
  if (argc < 2 || iopl(3) != 0) return 1;
  if (strcmp(argv[1], "off") == 0) {
    for (const char* c = "Shutdown"; *c; ++c) outb((unsigned char)*c, 0x8900);
    return 0;
  }
  static unsigned char buffer[1 << 16];
  for (ssize_t n; (n = read(0, buffer, sizeof buffer)) > 0;)
    for (ssize_t i = 0; i < n; ++i) {
      outb(buffer[i], kData);
      outb(kStrobe, kControl);
      outb(kSelected, kControl);
    }
  return 0;
}
