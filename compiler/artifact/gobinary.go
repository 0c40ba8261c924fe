package artifact

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"debug/macho"
	"errors"
	"io"
	"strings"
)

// goSDK is the module with which Go functions are written.
const goSDK = "github.com/apache/pulsar/pulsar-function-go"

// GoFacts is what an executable says of itself.
type GoFacts struct {
	// Format is elf, macho, pe or script; OS and Arch are Go's words, empty where
	// the file does not tell.
	Format, OS, Arch string
	// Go is the release that built it, such as go1.26.1; empty for other programs.
	Go string
	// SDK tells whether it was built with Pulsar's SDK for functions. A program
	// without build information may have been: the answer is unknown.
	SDK Answer
}

// machines are the processors of ELF files, by Go's word.
var machines = map[elf.Machine]string{
	elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64", elf.EM_386: "386", elf.EM_ARM: "arm", elf.EM_PPC64: "ppc64le",
	elf.EM_S390: "s390x", elf.EM_RISCV: "riscv64", elf.EM_LOONGARCH: "loong64",
}

// maxBinary bounds the executables that are searched for build information:
// headers that lie could send the search through files of any size.
const maxBinary = 1 << 30

// GoBinary looks at the executable of a Go function. The error says in one
// sentence why no worker could start it: Go source, a library, an empty file.
func GoBinary(path string) (facts GoFacts, err error) {
	f, size, err := openFile(path)
	if err != nil {
		return facts, err
	}
	defer f.Close()
	return goBinary(f, size)
}

func goBinary(r io.ReaderAt, size int64) (facts GoFacts, err error) {
	head := make([]byte, 4096)
	n, _ := r.ReadAt(head, 0)
	head = head[:n]
	// What these packages of the standard library do on broken files is no reason to stop.
	defer func() {
		if recover() != nil {
			facts, err = GoFacts{}, errors.New("its headers are broken")
		}
	}()
	switch {
	case n == 0:
		return facts, errors.New("it is empty")
	case bytes.HasPrefix(head, []byte("#!")):
		facts.Format = "script"
		return facts, nil
	case bytes.HasPrefix(head, []byte(elf.ELFMAG)):
		facts.Format, err = "elf", facts.elf(r)
	case isMachO(head):
		facts.Format, facts.OS, err = "macho", "darwin", facts.macho(r)
	case bytes.HasPrefix(head, []byte("MZ")):
		facts.Format, facts.OS = "pe", "windows"
	case bytes.HasPrefix(head, []byte("package ")) || bytes.Contains(head, []byte("\npackage ")):
		return facts, errors.New("it is Go source, and workers run an executable")
	default:
		return facts, errors.New("it is not an executable")
	}
	if err != nil || size > maxBinary {
		return facts, err
	}
	facts.build(r)
	return facts, nil
}

func isMachO(head []byte) bool {
	for _, magic := range []string{"\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe"} {
		if strings.HasPrefix(string(head), magic) {
			// Java class files begin like universal binaries, whose number of parts is small.
			return magic != "\xca\xfe\xba\xbe" || len(head) > 7 && head[4] == 0 && head[5] == 0 && head[6] == 0 && head[7] < 20
		}
	}
	return false
}

func (g *GoFacts) elf(r io.ReaderAt) error {
	f, err := elf.NewFile(r)
	if err != nil {
		return errors.New("it begins as an ELF file, and its headers are broken or cut off")
	}
	defer f.Close()
	if f.Type != elf.ET_EXEC && f.Type != elf.ET_DYN {
		return errors.New("it is an ELF file but no executable")
	}
	g.Arch = machines[f.Machine]
	if f.OSABI == elf.ELFOSABI_FREEBSD {
		g.OS = "freebsd"
	} else {
		g.OS = "linux"
	}
	return nil
}

func (g *GoFacts) macho(r io.ReaderAt) error {
	f, err := macho.NewFile(r)
	if err != nil {
		if _, fatErr := macho.NewFatFile(r); fatErr == nil {
			return nil
		}
		return errors.New("it begins as a Mach-O file, and its headers are broken or cut off")
	}
	defer f.Close()
	if f.Type != macho.TypeExec {
		return errors.New("it is a Mach-O file but no executable")
	}
	g.Arch = map[macho.Cpu]string{macho.CpuAmd64: "amd64", macho.CpuArm64: "arm64", macho.Cpu386: "386", macho.CpuArm: "arm"}[f.Cpu]
	return nil
}

// build reads what the Go linker left in the executable.
func (g *GoFacts) build(r io.ReaderAt) {
	info, err := buildinfo.Read(r)
	if err != nil {
		return
	}
	g.Go, _, _ = strings.Cut(info.GoVersion, " ")
	g.Go = Clean(g.Go)
	for _, s := range info.Settings {
		switch s.Key {
		case "GOOS":
			g.OS = Clean(s.Value)
		case "GOARCH":
			g.Arch = Clean(s.Value)
		}
	}
	if info.Main.Path == "" && len(info.Deps) == 0 {
		return // built without modules
	}
	g.SDK = No
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == goSDK || strings.HasPrefix(m.Path, goSDK+"/") {
			g.SDK = Yes
		}
	}
}
