// A stand-in for NVRTC: the same functions, which make a shared library for this CPU of a kernel's text, by g++ and cuda_on_cpu.h.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <dlfcn.h>
#include <unistd.h>

struct Program { std::string source, name, header, header_name, log, code; };

static std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}

static void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

static std::string here() {
    Dl_info info;
    dladdr((void*) here, &info);
    std::string path = info.dli_fname;
    return path.substr(0, path.rfind('/'));
}

extern "C" {
int nvrtcVersion(int* major, int* minor) { *major = 12; *minor = 8; return 0; }

int nvrtcCreateProgram(Program** program, const char* source, const char* name, int headers, const char* const* texts, const char* const* names) {
    if (headers != 1) return 3;
    *program = new Program{source, name, texts[0], names[0], "", ""};
    return 0;
}

int nvrtcCompileProgram(Program* program, int count, const char* const* options) {
    bool architecture = false;
    for (int i = 0; i < count; i++) {
        std::string option = options[i];
        bool names = option.rfind("--gpu-architecture=sm_", 0) == 0;
        architecture |= names;
        if (!names && option != "--std=c++17") {
            program->log = "unrecognized option " + option;
            return 5;
        }
    }
    if (!architecture) return 5;
    std::string folder = here() + "/compile-XXXXXX";
    if (!mkdtemp(folder.data())) return 1;
    std::string all = "#include \"cuda_on_cpu.h\"\n#include \"" + program->name + "\"\n";
    const std::string mark = "extern \"C\" __global__ void ";
    for (size_t at = 0; (at = program->source.find(mark, at)) != std::string::npos;) {
        at = program->source.find(' ', at + mark.size()) + 1;      // behind its launch bounds
        all += "KERNEL(" + program->source.substr(at, program->source.find('(', at) - at) + ")\n";
    }
    write(folder + "/" + program->header_name, program->header);
    write(folder + "/" + program->name, program->source);
    write(folder + "/all.cpp", all);
    std::string command = "cd " + folder + " && g++ -x c++ -std=c++17 -O1 -w -ffp-contract=off -shared -fPIC -I. -I" + here() + " all.cpp -o code > log 2>&1";
    int status = system(command.c_str());
    program->log = read(folder + "/log");
    program->code = read(folder + "/code");
    if (system(("rm -r " + folder).c_str()) != 0) return 1;
    return status == 0 ? 0 : 6;
}

int nvrtcGetCUBINSize(Program* program, size_t* size) { *size = program->code.size(); return 0; }
int nvrtcGetCUBIN(Program* program, char* code) { memcpy(code, program->code.data(), program->code.size()); return 0; }
int nvrtcGetProgramLogSize(Program* program, size_t* size) { *size = program->log.size() + 1; return 0; }
int nvrtcGetProgramLog(Program* program, char* log) { strcpy(log, program->log.c_str()); return 0; }
int nvrtcDestroyProgram(Program** program) { delete *program; *program = nullptr; return 0; }
}
