import java.io.File;
import java.util.Map;
import net.bytebuddy.description.type.TypeDefinition;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.pool.TypePool;
import org.apache.pulsar.common.functions.CryptoConfig;
import org.apache.pulsar.functions.utils.FunctionCommon;
import org.apache.pulsar.functions.utils.ValidatorUtils;

/**
 * Asks Pulsar's own code what it finds out about classes, as a function worker does when a component is
 * created. Arguments: jars, each followed by classes in it. Prints a line a class: which interfaces it implements,
 * its types without and with a window, its types as a source and as a sink, and what it is accepted for: as SerDe and
 * schema, reading and writing, for each of the types; as key reader; as payload processor without and with a config.
 */
public class Oracle {
    private static final String[] INTERFACES = {
        "org.apache.pulsar.functions.api.Function", "java.util.function.Function",
        "org.apache.pulsar.functions.api.WindowFunction", "org.apache.pulsar.io.core.Source",
        "org.apache.pulsar.io.core.BatchSource", "org.apache.pulsar.io.core.Sink", "org.apache.pulsar.functions.api.SerDe",
        "org.apache.pulsar.client.api.Schema", "org.apache.pulsar.client.api.CryptoKeyReader",
        "org.apache.pulsar.client.api.MessagePayloadProcessor", "org.apache.pulsar.io.core.BatchSourceTriggerer"};
    private static final Class<?>[] TYPES = {
        String.class, Integer.class, Number.class, Comparable.class, Object.class, byte[].class, String[].class,
        Object[].class, java.util.List.class, java.util.Collection.class};

    private interface Question {
        Object ask() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        TypePool pool = null;
        for (int i = 0; i < args.length; i++) {
            if (args[i].endsWith(".jar")) {
                pool = TypePool.Default.of(new ClassFileLocator.Compound(
                        ClassFileLocator.ForClassLoader.ofSystemLoader(), ClassFileLocator.ForJarFile.of(new File(args[i]))));
                continue;
            }
            TypeDescription type = pool.describe(args[i]).resolve();
            StringBuilder line = new StringBuilder(args[i]).append('\t');
            boolean function = false;
            for (int k = 0; k < INTERFACES.length; k++) {
                boolean is = type.isAssignableTo(Class.forName(INTERFACES[k]));
                function |= is && k < 3;
                line.append(is ? "1" : "0");
            }
            line.append('\t').append(function ? types(type, false) : "-").append('\t').append(function ? types(type, true) : "-");
            line.append('\t').append(type(() -> FunctionCommon.getSourceType(type)));
            line.append('\t').append(type(() -> FunctionCommon.getSinkType(type)));
            line.append('\t');
            TypePool all = pool;
            for (Class<?> c : TYPES) {
                TypeDefinition of = TypeDescription.ForLoadedType.of(c);
                line.append(accepts(() -> ValidatorUtils.validateSerde(type.getName(), of, all, true)));
                line.append(accepts(() -> ValidatorUtils.validateSerde(type.getName(), of, all, false)));
                line.append(accepts(() -> ValidatorUtils.validateSchema(type.getName(), of, all, true)));
                line.append(accepts(() -> ValidatorUtils.validateSchema(type.getName(), of, all, false)));
            }
            CryptoConfig crypto = CryptoConfig.builder().cryptoKeyReaderClassName(type.getName()).build();
            line.append('\t').append(accepts(() -> ValidatorUtils.validateCryptoKeyReader(crypto, all, false)));
            line.append(processor(type.getName(), all, Map.of())).append(processor(type.getName(), all, Map.of("a", 1)));
            System.out.println(line);
        }
    }

    private interface Check {
        void run() throws Exception;
    }

    private static char accepts(Check check) {
        try {
            check.run();
            return '1';
        } catch (Exception e) {
            return '0';
        }
    }

    /** Payload processors came with 4.1, so that this class has to do without their names: '?' before. */
    private static char processor(String name, TypePool pool, Map<String, Object> config) throws Exception {
        Class<?> type;
        try {
            type = Class.forName("org.apache.pulsar.common.functions.MessagePayloadProcessorConfig");
        } catch (ClassNotFoundException e) {
            return '?';
        }
        Object c = type.getConstructor().newInstance();
        type.getMethod("setClassName", String.class).invoke(c, name);
        type.getMethod("setConfig", Map.class).invoke(c, config);
        return accepts(() -> ValidatorUtils.class.getMethod("validateMessagePayloadProcessor", type, TypePool.class).invoke(null, c, pool));
    }

    private static String type(Question question) {
        try {
            return ((TypeDefinition) question.ask()).asErasure().getTypeName();
        } catch (Exception e) {
            return "refused";
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
