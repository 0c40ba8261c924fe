import java.io.File;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.description.type.TypeDefinition;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.pool.TypePool;
import org.apache.pulsar.functions.utils.FunctionCommon;

/**
 * Asks Pulsar's own code what it finds out about classes, as a function worker does when a component is
 * created. Arguments: the jar, then classes. Prints a line each: class, kind, and the types with and without a window.
 */
public class Oracle {
    private static final String[] INTERFACES = {
        "org.apache.pulsar.functions.api.Function", "java.util.function.Function",
        "org.apache.pulsar.functions.api.WindowFunction", "org.apache.pulsar.io.core.Source",
        "org.apache.pulsar.io.core.BatchSource", "org.apache.pulsar.io.core.Sink", "org.apache.pulsar.functions.api.SerDe",
        "org.apache.pulsar.client.api.Schema", "org.apache.pulsar.client.api.CryptoKeyReader"};

    public static void main(String[] args) throws Exception {
        List<ClassFileLocator> path = new ArrayList<>();
        path.add(ClassFileLocator.ForClassLoader.ofSystemLoader());
        path.add(ClassFileLocator.ForJarFile.of(new File(args[0])));
        TypePool pool = TypePool.Default.of(new ClassFileLocator.Compound(path));
        for (int i = 1; i < args.length; i++) {
            TypeDescription type = pool.describe(args[i]).resolve();
            StringBuilder line = new StringBuilder(args[i]).append('\t');
            boolean function = false;
            for (int k = 0; k < INTERFACES.length; k++) {
                boolean is = type.isAssignableTo(Class.forName(INTERFACES[k]));
                function |= is && k < 3;
                line.append(is ? "1" : "0");
            }
            line.append('\t').append(function ? types(type, false) : "-").append('\t').append(function ? types(type, true) : "-");
            System.out.println(line);
        }
    }

    private static String types(TypeDescription type, boolean window) {
        try {
            TypeDefinition[] found = FunctionCommon.getFunctionTypes(type, window);
            return found[0].asErasure().getTypeName() + " -> " + found[1].asErasure().getTypeName();
        } catch (RuntimeException e) {
            return "refused";
        }
    }
}
