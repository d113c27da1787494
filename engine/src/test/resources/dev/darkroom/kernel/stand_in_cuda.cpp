// A stand-in for NVIDIA's driver, over what the stand-in for NVRTC compiles: the same functions, in the order in which a card wants them.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>
#include <dlfcn.h>
#include <elf.h>
#include <unistd.h>

static bool begun;
static int contexts;                    // its address is the primary context
static thread_local void* current;
static std::string failing;             // a function that is to fail, for tests; or "numbers"
static int failure;
static long launches;

// A copy is made as late as a card may make it: when somebody waits for it.
struct Copy { void* to; const void* from; size_t bytes; };
static std::vector<Copy> copies;
static size_t made;
static int copying;                     // its address is the stream of copies
static bool ordered;                    // the stream has waited for what is computed, since its last copy
static std::map<void*, size_t> events;  // number of copies that have to be made before
static std::map<void*, size_t> locked;

static void make(size_t count) {
    for (; made < count; made++) memcpy(copies[made].to, copies[made].from, copies[made].bytes);
}

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
    if (failing == "numbers") return 0;  // a kernel that does nothing
    return ((int (*)(unsigned, unsigned, unsigned, void**)) function)(columns, rows, threads, values);
}

int cuStreamCreate(void** stream, unsigned flags) {
    if (int wrong = status("cuStreamCreate")) return wrong;
    if (current != &contexts) return 201;
    *stream = &copying;
    return flags == 1 ? 0 : 1;
}
int cuEventCreate(void** event, unsigned) {
    *event = malloc(1);
    events[*event] = 0;
    return status("cuEventCreate");
}
int cuEventDestroy_v2(void* event) { free(event); return events.erase(event) ? status("cuEventDestroy_v2") : 1; }
int cuEventRecord(void* event, void* stream) {
    if (int wrong = status("cuEventRecord")) return wrong;
    if (current != &contexts) return 201;
    if (!events.count(event)) return 1;
    events[event] = stream == &copying ? copies.size() : 0;
    return 0;
}
int cuStreamWaitEvent(void* stream, void* event, unsigned) {
    if (int wrong = status("cuStreamWaitEvent")) return wrong;
    if (current != &contexts) return 201;
    if (!events.count(event)) return 1;
    if (stream == &copying) ordered = true;
    else make(events[event]);
    return 0;
}
int cuMemcpyHtoDAsync_v2(unsigned long long to, const void* from, size_t bytes, void* stream) {
    if (int wrong = status("cuMemcpyHtoDAsync")) return wrong;
    if (current != &contexts) return 201;
    auto memory = locked.upper_bound((void*) from);
    if (memory == locked.begin()) return 1;
    --memory;
    if ((char*) from + bytes > (char*) memory->first + memory->second) return 1;
    if (stream != &copying || !ordered) return 1;
    ordered = false;
    copies.push_back({(void*) to, from, bytes});
    return 0;
}
int cuStreamSynchronize(void* stream) {
    if (stream == &copying) make(copies.size());
    return status("cuStreamSynchronize");
}
int cuMemHostAlloc(void** memory, size_t bytes, unsigned) {
    if (int wrong = status("cuMemHostAlloc")) return wrong;
    if (current != &contexts) return 201;
    *memory = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    if (!*memory) return 2;
    locked[*memory] = bytes;
    return 0;
}
int cuMemFreeHost(void* memory) {
    for (size_t i = made; i < copies.size(); i++) if (copies[i].from == memory) return 700;  // a card would read freed memory
    if (!locked.erase(memory)) return 1;
    free(memory);
    return status("cuMemFreeHost");
}
long stand_in_copies() { return (long) copies.size(); }
long stand_in_locked() {
    long bytes = 0;
    for (auto& memory : locked) bytes += (long) memory.second;
    return bytes;
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
