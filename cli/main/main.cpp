#include "cli/command.hpp"

int main(int argc, char** argv) {
    return picket::cli::run(argc, argv);
}
