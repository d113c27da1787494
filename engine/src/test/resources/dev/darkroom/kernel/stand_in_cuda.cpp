// A stand-in for NVIDIA's driver, over what the stand-in for NVRTC compiles: the same functions, in the order in which a card wants them.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <dlfcn.h>
#include <elf.h>
#include <unistd.h>

static bool begun;
static int contexts;                    // its address is the primary context
static thread_local void* current;
static std::string failing;             // a function that is to fail, for tests
static int failure;
static long launches;

static int status(const char* function) {
    if (failing == function) return failure;
    return begun ? 0 : 3;               // not initialised
}

extern "C" {
void stand_in_fail(const char* function, int with) { failing = function; failure = with; }
long stand_in_launches() { return launches; }

int cuInit(unsigned flags) {
    if (failing == "cuInit") return failure;
    begun = flags == 0;
    return begun ? 0 : 1;
}
int cuDriverGetVersion(int* version) { *version = 12080; return status("cuDriverGetVersion"); }
int cuDeviceGet(int* device, int ordinal) { *device = ordinal; return ordinal == 0 ? status("cuDeviceGet") : 101; }
int cuDeviceGetAttribute(int* value, int attribute, int) {
    *value = attribute == 75 ? 9 : 0;
    return attribute == 75 || attribute == 76 ? status("cuDeviceGetAttribute") : 1;
}
int cuDevicePrimaryCtxRetain(void** context, int) { *context = &contexts; return status("cuDevicePrimaryCtxRetain"); }
int cuCtxSetCurrent(void* context) { current = context; return status("cuCtxSetCurrent"); }

int cuModuleLoadData(void** module, const void* image) {
    if (int wrong = status("cuModuleLoadData")) return wrong;
    if (current != &contexts) return 201;
    const Elf64_Ehdr* head = (const Elf64_Ehdr*) image;
    if (memcmp(head->e_ident, ELFMAG, SELFMAG) != 0) return 200;
    char path[] = "/tmp/stand-in-XXXXXX";
    int file = mkstemp(path);
    size_t size = head->e_shoff + (size_t) head->e_shnum * head->e_shentsize;
    bool whole = write(file, image, size) == (ssize_t) size;
    close(file);
    *module = whole ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : nullptr;
    unlink(path);
    return *module ? 0 : 200;
}

int cuModuleGetFunction(void** function, void* module, const char* name) {
    if (int wrong = status("cuModuleGetFunction")) return wrong;
    *function = dlsym(module, (std::string("run_") + name).c_str());
    return *function ? 0 : 500;
}

int cuLaunchKernel(void* function, unsigned columns, unsigned rows, unsigned layers, unsigned threads, unsigned threads_y, unsigned threads_z,
        unsigned shared, void* stream, void** values, void** extra) {
    if (int wrong = status("cuLaunchKernel")) return wrong;
    if (current != &contexts) return 201;
    if (layers != 1 || threads_y != 1 || threads_z != 1 || shared || stream || extra) return 1;
    launches++;
    return ((int (*)(unsigned, unsigned, unsigned, void**)) function)(columns, rows, threads, values);
}

int cuGetErrorString(int error, const char** text) {
    switch (error) {
        case 1: *text = "invalid argument"; return 0;
        case 200: *text = "device kernel image is invalid"; return 0;
        case 201: *text = "invalid device context"; return 0;
        case 500: *text = "named symbol not found"; return 0;
        case 702: *text = "the launch timed out and was terminated"; return 0;
        default: return 1;
    }
}
}
